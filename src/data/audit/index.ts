export { type AuditOptions, audit, refuseLeaks } from "./audit.js";
export type { AuditCheck, AuditExample, AuditReport, AuditWarning, CheckName, Finding, WarningName } from "./report.js";
