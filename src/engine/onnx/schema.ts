import protobuf from "protobufjs/light.js"

/*
 * The part of the ONNX protobuf format that this project reads and writes, with the field numbers of the
 * public specification. It differs from the specification's own file in three ways, all on purpose:
 *
 * - Packed number lists of tensors are declared as bytes. They hold weights, and a list of boxed numbers
 *   would take ten times the memory of the file.
 * - Subgraphs are left out, and sparse tensors and types that are no tensors are declared as bytes, since only
 *   their presence matters. That leaves the schema free of recursion: no file can nest deeper than it does.
 * - Documentation, training information and metadata are left out.
 */

type Rule = "optional" | "repeated"

function field(id: number, type: string, rule: Rule = "optional"): protobuf.IField {
  return rule === "repeated"
    ? { id, type, rule, options: { packed: type === "int64" || type === "float" } }
    : { id, type }
}

const MESSAGES: Record<string, protobuf.IType> = {
  ModelProto: {
    fields: {
      irVersion: field(1, "int64"),
      producerName: field(2, "string"),
      producerVersion: field(3, "string"),
      graph: field(7, "GraphProto"),
      opsetImport: field(8, "OperatorSetIdProto", "repeated"),
      functions: field(25, "FunctionProto", "repeated"),
    },
  },
  FunctionProto: {
    fields: {
      name: field(1, "string"),
      input: field(4, "string", "repeated"),
      output: field(5, "string", "repeated"),
      node: field(7, "NodeProto", "repeated"),
      opsetImport: field(9, "OperatorSetIdProto", "repeated"),
      domain: field(10, "string"),
      attributeProto: field(11, "AttributeProto", "repeated"),
      overload: field(13, "string"),
    },
  },
  OperatorSetIdProto: {
    fields: { domain: field(1, "string"), version: field(2, "int64") },
  },
  GraphProto: {
    fields: {
      node: field(1, "NodeProto", "repeated"),
      name: field(2, "string"),
      initializer: field(5, "TensorProto", "repeated"),
      input: field(11, "ValueInfoProto", "repeated"),
      output: field(12, "ValueInfoProto", "repeated"),
      sparseInitializer: field(15, "bytes", "repeated"),
    },
  },
  NodeProto: {
    fields: {
      input: field(1, "string", "repeated"),
      output: field(2, "string", "repeated"),
      name: field(3, "string"),
      opType: field(4, "string"),
      attribute: field(5, "AttributeProto", "repeated"),
      domain: field(7, "string"),
      overload: field(8, "string"),
    },
  },
  AttributeProto: {
    fields: {
      name: field(1, "string"),
      f: field(2, "float"),
      i: field(3, "int64"),
      s: field(4, "bytes"),
      t: field(5, "TensorProto"),
      floats: field(7, "float", "repeated"),
      ints: field(8, "int64", "repeated"),
      strings: field(9, "bytes", "repeated"),
      type: field(20, "int32"),
      refAttrName: field(21, "string"),
    },
  },
  TensorProto: {
    fields: {
      dims: field(1, "int64", "repeated"),
      dataType: field(2, "int32"),
      floatData: field(4, "bytes", "repeated"),
      int32Data: field(5, "bytes", "repeated"),
      int64Data: field(7, "bytes", "repeated"),
      name: field(8, "string"),
      rawData: field(9, "bytes"),
      doubleData: field(10, "bytes", "repeated"),
      uint64Data: field(11, "bytes", "repeated"),
      externalData: field(13, "StringStringEntryProto", "repeated"),
      dataLocation: field(14, "int32"),
    },
  },
  StringStringEntryProto: {
    fields: { key: field(1, "string"), value: field(2, "string") },
  },
  ValueInfoProto: {
    fields: { name: field(1, "string"), type: field(2, "TypeProto") },
  },
  TypeProto: {
    fields: {
      tensorType: field(1, "TensorTypeProto"),
      sequenceType: field(4, "bytes"),
      mapType: field(5, "bytes"),
      opaqueType: field(7, "bytes"),
      sparseTensorType: field(8, "bytes"),
      optionalType: field(9, "bytes"),
    },
  },
  TensorTypeProto: {
    fields: { elemType: field(1, "int32"), shape: field(2, "TensorShapeProto") },
  },
  TensorShapeProto: {
    fields: { dim: field(1, "DimensionProto", "repeated") },
  },
  DimensionProto: {
    // A oneof, because a size of zero differs from a size that is not given.
    oneofs: { value: { oneof: ["dimValue", "dimParam"] } },
    fields: { dimValue: field(1, "int64"), dimParam: field(2, "string") },
  },
}

const root = protobuf.Root.fromJSON({ nested: MESSAGES }).resolveAll()

/** The message of a model file. Every other message is reached from this one. */
export const ModelProto: protobuf.Type = root.lookupType("ModelProto")

/** The message of a tensor file. */
export const TensorProto: protobuf.Type = root.lookupType("TensorProto")
