import { ALL_FEATURES, modelExam } from "./model-exam.js";

modelExam("bst", { floor: 0.68 });
modelExam("dmin", { floor: 0.67 });
modelExam("bst, all features, two blocks", {
  options: { ...ALL_FEATURES, width: 24, transformer: { blocks: 2, heads: 3, dropout: 0.1 } },
  floor: 0.65,
});
modelExam("dmin, all features, Dice and dropout", {
  options: {
    ...ALL_FEATURES,
    width: 24,
    heads: 2,
    transformer: { dropout: 0.1 },
    attention: { activation: "dice", dropout: 0.2 },
  },
  floor: 0.72,
});
