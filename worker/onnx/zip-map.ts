import { type GraphProto, integer, type NodeProto, type OnnxModel, type ValueInfoProto } from './file.js';
import { attributeOf } from './graph.js';
import { ELEMENT } from './tensor.js';

const ML_DOMAIN = 'ai.onnx.ml';

/**
 * A network of scikit-learn without its ZipMap: where it gives a list of maps from class to probability, it gives the
 * probabilities themselves, [N, classes], under the same name. Returns `model` itself where there is no ZipMap.
 */
export function withoutZipMap(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const maps = zipMaps(graph);
  if (maps.length === 0) return model;
  const node = (graph.node ?? []).map((each) =>
    maps.includes(each)
      ? { opType: 'Identity', input: each.input ?? [], output: each.output ?? [], name: each.name ?? '' }
      : each,
  );
  const output = (graph.output ?? []).map((value) => {
    const map = maps.find((each) => each.output?.includes(value.name ?? ''));
    return map === undefined ? value : probabilities(value.name ?? '', labelsOf(map).length);
  });
  return { ...model, graph: { ...graph, node, output } };
}

/** What a ZipMap that gives the output `name` calls the classes; undefined where there is none. */
export function zipMapLabels(graph: GraphProto, name: string): readonly string[] | undefined {
  const map = zipMaps(graph).find((each) => each.output?.includes(name));
  return map && labelsOf(map);
}

function zipMaps({ node }: GraphProto): NodeProto[] {
  return (node ?? []).filter(({ opType, domain }) => opType === 'ZipMap' && domain === ML_DOMAIN);
}

function labelsOf(map: NodeProto): readonly string[] {
  const texts = attributeOf(map, 'classlabels_strings')?.strings ?? [];
  if (texts.length > 0) return texts.map((bytes) => Buffer.from(bytes).toString());
  return (attributeOf(map, 'classlabels_int64s')?.ints ?? []).map((each) => String(integer(each)));
}

function probabilities(name: string, classes: number): ValueInfoProto {
  const dim = [{ dimParam: 'N' }, { dimValue: classes }];
  return { name, type: { tensorType: { elemType: ELEMENT.float, shape: { dim } } } };
}
