import protobuf from 'protobufjs';

/** The messages of a SavedModel, cut to the fields used. Source: tensorflow/core/{framework,protobuf}/*.proto, 2.15. */
const PROTO = `
  syntax = "proto3";
  message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2; }
  message MetaGraphDef { MetaInfoDef meta_info_def = 1; GraphDef graph_def = 2; }
  message MetaInfoDef { repeated string tags = 4; }
  message GraphDef { repeated NodeDef node = 1; VersionDef versions = 4; }
  message VersionDef { int32 producer = 1; int32 min_consumer = 2; }
  message NodeDef { string name = 1; string op = 2; repeated string input = 3; map<string, AttrValue> attr = 5; }
  message AttrValue {
    oneof value {
      bytes s = 2; int64 i = 3; float f = 4; bool b = 5; int32 type = 6;
      TensorShapeProto shape = 7; TensorProto tensor = 8;
    }
  }
  message TensorShapeProto { repeated Dim dim = 2; }
  message Dim { int64 size = 1; }
  message TensorProto { int32 dtype = 1; TensorShapeProto tensor_shape = 2; bytes tensor_content = 4; }
`;

/** One attribute of a node; one field is present. */
export interface AttrValue {
  readonly s?: Uint8Array;
  readonly i?: number;
  readonly f?: number;
  readonly b?: boolean;
  readonly type?: number;
  readonly shape?: TensorShape;
  readonly tensor?: { readonly dtype: number; readonly tensor_shape: TensorShape; readonly tensor_content: Uint8Array };
}

export interface TensorShape {
  readonly dim: readonly { readonly size: number }[];
}

export interface NodeDef {
  readonly name: string;
  readonly op: string;
  /** name:output, or ^name for what must have happened before. */
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, AttrValue>>;
}

/** The tag under which the graph is found again. */
export const TAG = 'serve';

/** TensorFlow 2.15's graph version. */
const PRODUCER = 1645;

/** The bytes of saved_model.pb. */
export function encodeSavedModel(nodes: readonly NodeDef[]): Uint8Array {
  const type = protobuf.parse(PROTO, { keepCase: true }).root.lookupType('SavedModel');
  const graph_def = { node: nodes, versions: { producer: PRODUCER } };
  const model = { saved_model_schema_version: 1, meta_graphs: [{ meta_info_def: { tags: [TAG] }, graph_def }] };
  return type.encode(type.create(model)).finish();
}
