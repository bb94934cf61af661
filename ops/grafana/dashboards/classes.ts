import { COORDINATOR, type Page } from '../frame.js';
import { bars, heat, lines, type Step, stat } from '../panels.js';

const CONFIDENCE: readonly Step[] = [
  [null, 'red'],
  [0.5, 'orange'],
  [0.99, 'green'],
];

const LABELLED = `atoll_class_best_confidence{${COORDINATOR}} * on (instance, class_id) group_left (label) atoll_class_info{${COORDINATOR}}`;
const CHOSEN = `atoll_class_best_confidence{${COORDINATOR}} * on (instance, class_id) group_left (label) atoll_class_info{${COORDINATOR},label="$class"}`;
/** The page of a series' class in the gallery. */
const CLASS_PAGE = `\${gallery}/#/class/\${__field.labels.class_id}`;

/** Which classes the network is fooled for, and which it is not yet. */
export const CLASSES: Page = {
  uid: 'atoll-classes',
  title: 'Atoll: classes',
  description:
    'How confidence spreads over the classes, the best and the worst of them, and one of them in detail.',
  classes: true,
  rows: [
    {
      title: 'All classes',
      panels: [
        heat({
          title: 'How many classes have which confidence?',
          description:
            'Each column is a moment. The dark band moves up until almost all classes are in the top row.',
          unit: 'percentunit',
          buckets: 20,
          max: 1,
          width: 12,
          queries: [{ expr: `atoll_class_best_confidence{${COORDINATOR}}`, legend: '{{class_id}}' }],
        }),
        lines({
          title: 'Confidence of the worst, the middle and the best classes (quantiles)',
          description: 'When the 10 % line follows the others up, no group of classes is left behind.',
          unit: 'percentunit',
          max: 1,
          width: 12,
          queries: [0.1, 0.25, 0.5, 0.75, 0.9].map((quantile) => ({
            expr: `quantile(${quantile}, atoll_class_best_confidence{${COORDINATOR}})`,
            legend: `${100 * quantile} %`,
          })),
        }),
      ],
    },
    {
      title: 'Best and worst',
      panels: [
        bars({
          title: 'The twenty best classes (confidence)',
          description: 'What the network believes most. A click opens the class in the gallery.',
          unit: 'percentunit',
          max: 1,
          width: 12,
          steps: CONFIDENCE,
          link: CLASS_PAGE,
          queries: [{ expr: `topk(20, ${LABELLED})`, legend: '{{label}}' }],
        }),
        bars({
          title: 'The twenty worst classes (confidence)',
          description: 'Where the search is stuck, or has not been. A click opens the class in the gallery.',
          unit: 'percentunit',
          max: 1,
          width: 12,
          steps: CONFIDENCE,
          link: CLASS_PAGE,
          queries: [{ expr: `bottomk(20, ${LABELLED})`, legend: '{{label}}' }],
        }),
      ],
    },
    {
      title: 'One class',
      panels: [
        stat({
          title: 'Confidence of the chosen class',
          description: 'The class is chosen at the top of the page.',
          unit: 'percentunit',
          decimals: 2,
          width: 6,
          height: 8,
          steps: CONFIDENCE,
          queries: [{ expr: CHOSEN, legend: '{{label}}' }],
        }),
        lines({
          title: 'How did the chosen class get there? (confidence)',
          description: 'Each step is a jump: one elite replaced by a better one.',
          unit: 'percentunit',
          max: 1,
          width: 18,
          queries: [{ expr: CHOSEN, legend: '{{label}}' }],
        }),
      ],
    },
  ],
};
