export { type LoadModelOptions, loadModel, type Model } from "./load-model.js";
