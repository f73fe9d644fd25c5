import { modelExam } from "./model-exam.js";

const ALL = { modalities: "all", statistics: true, behaviour: true, age: true };

modelExam("bst", { floor: 0.68 });
modelExam("dmin", { floor: 0.67 });
modelExam("bst, all features, two blocks", {
  options: { ...ALL, width: 24, transformer: { blocks: 2, heads: 3, dropout: 0.1 } },
  floor: 0.65,
});
modelExam("dmin, all features, Dice and dropout", {
  options: {
    ...ALL,
    width: 24,
    heads: 2,
    transformer: { dropout: 0.1 },
    attention: { activation: "dice", dropout: 0.2 },
  },
  floor: 0.72,
});
