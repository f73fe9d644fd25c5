import { modelExam } from "./model-exam.js";

modelExam("mmdin, tanh weights over the root of the length, full cross matrices", {
  options: { attention: { weights: "tanh", pool: "sqrt" }, cross: { rank: 0 } },
  floor: 0.76,
});
modelExam("mmdin, cross-modal heads", {
  options: {
    heads: {
      cross: [
        ["tags", "look"],
        ["price", "tags"],
      ],
    },
    cross: { layers: 1, rank: 5 },
  },
  floor: 0.78,
});
modelExam("mmdin, Dice and dropout in the attention", {
  options: { attention: { activation: "dice", dropout: 0.25 }, gates: false },
  floor: 0.77,
});
modelExam("mmdin, several heads of two layers per modality, means under linear weights", {
  options: {
    heads: { perModality: 2, joined: 2 },
    attention: { hidden: [12, 7], weights: "linear", pool: "mean", behaviourInValue: false },
  },
  floor: 0.77,
});
