import { modelExam } from "./model-exam.js";

modelExam("item-rate", { floor: 0.52 });
modelExam("item-knn", { floor: 0.8, historyAlone: true });
