/* precision exact, default, tf32, 1e-5: the most that sums may be off, and whether a GPU may round factors. */
#include <math.h>
#include <string.h>

#include "model/trainer.h"

static const double least_precision = 1e-6; /* sums of some thousand products in float32 are off by as much */

static double read_precision(Trainer *t, Span *span)
{
    const Syntax *setting = t->found[SET_PRECISION];
    const Constant *override = setting_value(t->build, "train.precision", true, span); /* a word, */
    Constant value = {.kind = CONSTANT_NONE};
    if (!setting && !override)
        return INFINITY;
    const char *name = NULL;
    if (!override)
        name = setting_name(setting, span);
    else if (override->kind == CONSTANT_STRING)
        name = override->s;
    t->train->tf32 = name && !strcmp(name, "tf32");
    if (name && (!strcmp(name, "exact") || !strcmp(name, "default") || t->train->tf32))
        return strcmp(name, "exact") ? INFINITY : 0;
    if (override) {
        value = *setting_value(t->build, "train.precision", false, span); /* or a number */
    } else if (!name && setting->items.count == 1 && !setting->items.at[0]->name) {
        *span = setting->items.at[0]->span;
        value = evaluate(t->build, setting->items.at[0]->value);
    }
    if (value.kind == CONSTANT_FLOAT && value.f >= least_precision && value.f < 1)
        return value.f;
    if (value.kind == CONSTANT_FLOAT && value.f > 0 && value.f < least_precision)
        diag_error(t->build->diag, *span, "setting 'precision' expects at least %g but gets %s: sums of a few thousand "
                   "products in float32 are off by as much; exact keeps to the definition's sums", least_precision,
                   constant_text(t->build->arena, value));
    else if (value.kind != CONSTANT_BROKEN)
        diag_error(t->build->diag, *span, "setting 'precision' expects exact, default, tf32, or the most that sums "
                   "may be off, as 1e-5");
    return INFINITY;
}

void build_precision(Trainer *t)
{
    t->train->precision_span = t->train->span;
    t->train->precision = read_precision(t, &t->train->precision_span);
}
