import { modelExam } from "./model-exam.js";

modelExam("item-rate", { floor: 0.5 });
modelExam("item-knn", { floor: 0.5, historyAlone: true });
