export { type AuditOptions, audit, auditDataset, refuseLeaks } from "./audit.js";
export type { AuditCheck, AuditExample, AuditReport, AuditWarning, CheckName, Finding, WarningName } from "./report.js";
