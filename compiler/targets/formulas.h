/* Formulas: what activations and losses compute and what values are called, once for all targets that print C as
 * a textbook has it. */
#ifndef NETC_TARGETS_FORMULAS_H
#define NETC_TARGETS_FORMULAS_H

#include "graph/pool.h"

/* Of t, with the layer's numbers a and b: y is of x, the slope of what graph/activations.def says: where that is y,
 * the numbers have been rounded as it was. */
typedef struct ActivationFormula {
    const char *y, *slope;
} ActivationFormula;

extern const ActivationFormula activation_formulas[ACTIVATION_COUNT];

/* Of an output xi and its target ti, d being xi - ti: the loss, or its derivative by xi. A template: $beta is the
 * loss's threshold, $w what its weight multiplies by, $yes the target times pos_weight. NULL: the loss is none of each
 * output by itself. */
const char *loss_formula(const LossSettings *loss, bool slope);

/* Whether a dropout draws no numbers: torch draws none where p is 1; torchvision does. */
bool dropout_draws_nothing(const Op *op);

/* What a value is called: as its role is, but for those of a norm, of which a step makes others. */
const char *port_name(Role role);

#endif
