export { demoModel, type DemoModel } from './demo-model';
