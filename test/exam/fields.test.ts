import { ALL_FEATURES, modelExam } from "./model-exam.js";

modelExam("embedding-mlp", { floor: 0.73 });
modelExam("embedding-mlp, all features", { options: ALL_FEATURES, floor: 0.79 });
modelExam("neural-cf", { floor: 0.72 });
modelExam("neural-cf, all features", { options: ALL_FEATURES, floor: 0.71 });
modelExam("pnn", { floor: 0.8 });
modelExam("pnn, all features", { options: ALL_FEATURES, floor: 0.8 });
modelExam("dcn-v2", { floor: 0.73 });
modelExam("dcn-v2, all features, low rank", { options: { ...ALL_FEATURES, cross: { rank: 8 } }, floor: 0.77 });
