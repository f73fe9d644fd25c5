import { ALL_FEATURES, modelExam } from "./model-exam.js";

modelExam("lr", { floor: 0.52, additive: true });
modelExam("lr, all features", { options: ALL_FEATURES, floor: 0.53, additive: true });
modelExam("wide-deep", { floor: 0.74 });
modelExam("wide-deep, all features", { options: ALL_FEATURES, floor: 0.79 });
modelExam("deepfm", { floor: 0.76 });
modelExam("deepfm, all features", { options: ALL_FEATURES, floor: 0.73 });
