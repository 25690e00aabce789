// A result as a flat list: what --csv writes and --compare goes through.

/** @typedef {{key: string, where: string, variant: string, kind: 'stage' | 'op' | 'pipeline',
 *   name: string, result: any}} Component */

/**
 * Every component that was measured.
 * @param {{places: any[]}} results
 * @returns {Component[]}
 */
export function components({ places }) {
  const list = [];
  for (const { where, variants } of places) {
    for (const { variant, stages = [], pipeline, ops = [] } of variants) {
      const add = (kind, name, result) => {
        list.push({ key: `${where}/${variant}/${name}`, where, variant, kind, name, result });
      };
      for (const stage of stages) add('stage', `${stage.id} ${stage.name}`, stage);
      if (pipeline) add('pipeline', 'pipeline', pipeline);
      for (const op of ops) add('op', `${op.name} ${op.shape}`, op);
    }
  }
  return list;
}
