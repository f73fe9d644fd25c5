import { modelExam } from "./model-exam.js";

modelExam("popularity", { floor: 0.5 });
modelExam("din", { floor: 0.71 });
modelExam("din, all features, softmax and Dice", {
  options: {
    modalities: "all",
    statistics: true,
    behaviour: true,
    age: true,
    attention: { weights: "softmax", activation: "dice", dropout: 0.2 },
    mlp: { units: [32, 16], activation: "prelu" },
  },
  floor: 0.74,
});
