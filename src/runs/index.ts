export { type DatasetOptions, loadDataset } from './dataset.js';
export { type LoadOptions, loadJson, loadTable } from './load.js';
export {
  type DataField,
  type DataPackage,
  type DataResource,
  type DataStatus,
  datasetPath,
  listDatasets,
  loadPackage,
} from './package.js';
export {
  appendRecord,
  checkComparable,
  type LoadedRecords,
  loadRecords,
  parseRecord,
  type RunRecord,
  runRecordSchema,
} from './record.js';
export { type Column as TableColumn, findColumn, isNumeric, numericColumns, type Table } from './table.js';
export { toolkitVersion } from './toolkit.js';
