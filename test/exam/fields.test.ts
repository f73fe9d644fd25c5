import { modelExam } from "./model-exam.js";

const everything = { modalities: "all", statistics: true, behaviour: true, age: true };

modelExam("embedding-mlp", { floor: 0.73 });
modelExam("embedding-mlp, all features", { options: everything, floor: 0.79 });
modelExam("neural-cf", { floor: 0.72 });
modelExam("neural-cf, all features", { options: everything, floor: 0.71 });
modelExam("pnn", { floor: 0.8 });
modelExam("pnn, all features", { options: everything, floor: 0.8 });
modelExam("dcn-v2", { floor: 0.73 });
modelExam("dcn-v2, all features, low rank", { options: { ...everything, cross: { rank: 8 } }, floor: 0.77 });
