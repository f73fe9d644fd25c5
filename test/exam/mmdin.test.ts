import { modelExam } from "./model-exam.js";

modelExam("mmdin", { floor: 0.77 });
modelExam("mmdin, similarity tiers", { options: { tiers: { bins: 5 } }, floor: 0.77 });
modelExam("mmdin, layer norm", { options: { norm: "layer" }, floor: 0.75 });
modelExam("mmdin, statistics off", { options: { statistics: false }, floor: 0.74 });
