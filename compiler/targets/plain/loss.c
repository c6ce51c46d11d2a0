/* Losses: the sum over the samples, and what a mean divides it by; and their gradients. i: place in the output. */
#include <inttypes.h>
#include <string.h>

#include "base/fail.h"
#include "targets/formulas.h"
#include "targets/plain/plain.h"

/* A table of the loss's weights, if it has one, as a line; and what multiplies by element `i` of it. */
static void set_weights(Plain *p, const char *hole, const char *name, const double *weights, int64_t count)
{
    Text text = text_new(p->arena);
    if (weights)
        text_printf(&text, "static const double %s[%" PRId64 "] = {", name, count);
    for (int64_t i = 0; weights && i < count; i++)
        text_printf(&text, "%s%s", i ? ", " : "", plain_number(p, weights[i]));
    text_add(&text, weights ? "};" : "");
    plain_set(p, hole, "%s", text.bytes);
}

/* ---- Over classes ------------------------------------------------------------------------------------------------ */

const char *plain_class(Plain *p, const char *i)
{
    const char *classes = plain_get(p, "C"), *places = plain_get(p, "P");
    if (!strcmp(i, "0"))
        return *places ? arena_printf(p->arena, "n * %s * %s + p", classes, places)
                       : arena_printf(p->arena, "n * %s", classes);
    return *places ? arena_printf(p->arena, "(n * %s + %s) * %s + p", classes, i, places)
                   : arena_printf(p->arena, "n * %s + %s", classes, i);
}

const char *plain_label(Plain *p)
{
    return plain_has(p, "P") ? arena_printf(p->arena, "n * %s + p", plain_get(p, "P")) : "n";
}

/* Whether the targets come from a table or an array, or from a library's caller: they may have anything there. */
static bool of_table(const Plain *p)
{
    const Train *train = p->program->train;
    return p->library || data_source(train->data.data)->kind->table ||
           (train->test.data && data_source(train->test.data)->kind->table);
}

/* Whether a label may be the one that counts nothing: tables may have -100 there, as torch does by default. */
static bool may_ignore(const Plain *p, const LossSettings *loss, int64_t classes)
{
    return of_table(p) || (loss->ignore_index >= 0 && loss->ignore_index < classes);
}

bool plain_takes_shares(const Plain *p)
{
    const LossSettings *loss = p->graph->loss->producer->attr.loss;
    return loss->classes && !loss->labels_only && of_table(p);
}

static void set_classes(Plain *p, const Op *op)
{
    const LossSettings *loss = op->attr.loss;
    int64_t classes = op->in[0]->shape.dim[0] / loss->places;
    bool smooth = loss->label_smoothing != 0, weighted = loss->weight;
    const char *label = arena_printf(p->arena, "t[%s]", plain_label(p));
    plain_set(p, "t", "%s", label);
    plain_set(p, "at", "%s", plain_class(p, "i"));
    plain_set(p, "at0", "%s", plain_class(p, "0"));
    plain_set(p, "at_t", "%s", plain_class(p, label));
    plain_set(p, "ignore", "%s",
              may_ignore(p, loss, classes) ? arena_printf(p->arena, "%" PRId64, loss->ignore_index) : "");
    set_weights(p, "weights", "weight", loss->weight, classes);
    plain_set(p, "w", "%s", weighted ? arena_printf(p->arena, "weight[%s] * ", plain_get(p, "t")) : "");
    plain_set(p, "wi", "%s", weighted ? "weight[i] * " : "");
    plain_set(p, "one", "%s", weighted ? arena_printf(p->arena, "weight[%s]", plain_get(p, "t")) : "1");
    plain_set(p, "one_i", "%s", weighted ? "weight[i]" : "1");
    plain_set(p, "smooth", "%s", smooth ? plain_number(p, loss->label_smoothing) : "");
    plain_set(p, "sharp", "%s", smooth ? arena_printf(p->arena, "(1 - %s) * ", plain_get(p, "smooth")) : "");
    plain_set(p, "sizes", "%s", plain_has(p, "P") ? "C, P" : "C");
    plain_set(p, "times_P", "%s", plain_has(p, "P") ? " * P" : "");
    plain_set(p, "plain", "%s", smooth || weighted ? "" : "1");
    plain_set(p, "mean", "%s", loss->reduction == REDUCE_SUM ? "" : " / divisor");
    plain_set(p, "divides", "%s", loss->reduction == REDUCE_SUM ? "" : ", divisor");
    plain_set(p, "soft", "%s", plain_takes_shares(p) ? "1" : "");
}

#define EACH_PLACE                                       \
    "for (int n = 0; n < count; n++)\n"                  \
    "?P for (int p = 0; p < P; p++)\n"
#define EACH_JUDGED                                      \
    EACH_PLACE                                           \
    "{\n"                                                \
    "?ignore if ($t == $ignore)\n"                       \
    "?ignore continue;\n"
#define BEGIN_SUM                                        \
    "?weights $weights\n"                                \
    "double loss = 0;\n"                                 \
    "*divisor = 0;\n"
#define LOG_SUM_EXP                                       \
    "double largest = x[$at0], sum = 0;\n"                   \
    "for (int i = 1; i < C; i++)\n"                      \
    "largest = fmax(largest, x[$at]);\n"           \
    "for (int i = 0; i < C; i++)\n"                      \
    "sum += exp(x[$at] - largest);\n"

static void cross_entropy(Plain *p)
{
    plain_print(p, "?soft if (shares)\n"
                   "?soft return soft_loss(count, $sizes, divisor, x, shares);\n"
                   BEGIN_SUM
                   EACH_JUDGED
                   LOG_SUM_EXP
                   "?plain loss += largest + log(sum) - x[$at_t];\n"
                   "!plain loss += $sharp$w(largest + log(sum) - x[$at_t]);\n"
                   "?smooth for (int i = 0; i < C; i++)\n"
                   "?smooth loss += $smooth / C * $wi(largest + log(sum) - x[$at]);\n"
                   "*divisor += $one;\n"
                   "}\n"
                   "return loss;\n");
}

static void cross_entropy_grad(Plain *p)
{
    plain_print(p, "?soft if (shares) {\n"
                   "?soft soft_loss_grad(count, $sizes$divides, x, shares, dx);\n"
                   "?soft return;\n"
                   "?soft }\n"
                   "?weights $weights\n"
                   "?ignore memset(dx, 0, count * C$times_P * sizeof *dx);\n"
                   EACH_JUDGED
                   LOG_SUM_EXP
                   "?plain for (int i = 0; i < C; i++)\n"
                   "?plain dx[$at] = (exp(x[$at] - largest) / sum - (i == $t))$mean;\n"
                   "!plain double whole = $sharp$one;\n"
                   "?smooth for (int i = 0; i < C; i++)\n"
                   "?smooth whole += $smooth / C * $one_i;\n"
                   "!plain for (int i = 0; i < C; i++) {\n"
                   "!plain double d = whole * exp(x[$at] - largest) / sum - (i == $t ? $sharp$one : 0);\n"
                   "?smooth d -= $smooth / C * $one_i;\n"
                   "!plain dx[$at] = d$mean;\n"
                   "!plain }\n"
                   "}\n");
}

void plain_print_soft_loss(Plain *p, const Op *op)
{
    if (!plain_takes_shares(p))
        return;
    plain_forget(p);
    plain_set(p, "C", "C");
    plain_set(p, "P", "%s", op->attr.loss->places > 1 ? "P" : "");
    set_classes(p, op);
    plain_set(p, "T", "shares[%s]", plain_class(p, "i"));
    plain_set(p, "share", "%s(%s%s%s)", plain_get(p, "wi"), plain_get(p, "sharp"), plain_get(p, "T"),
              plain_has(p, "smooth") ? arena_printf(p->arena, " + %s / C", plain_get(p, "smooth")) : "");
    plain_set(p, "int_sizes", "%s", plain_has(p, "P") ? "int C, int P" : "int C");
    plain_set(p, "parameter", "%s", *plain_get(p, "divides") ? ", double divisor" : "");
    plain_print(p, "/* The same where the targets are probabilities of all classes. */\n"
                   "static double soft_loss(int count, $int_sizes, double *divisor, const real *x,"
                   " const real *shares)\n"
                   "{\n"
                   BEGIN_SUM
                   EACH_PLACE
                   "{\n"
                   LOG_SUM_EXP
                   "for (int i = 0; i < C; i++)\n"
                   "loss += $share * (largest + log(sum) - x[$at]);\n"
                   "*divisor += 1;\n"
                   "}\n"
                   "return loss;\n"
                   "}\n"
                   "\n"
                   "static void soft_loss_grad(int count, $int_sizes$parameter, const real *x, const real *shares,"
                   " real *dx)\n"
                   "{\n"
                   "?weights $weights\n"
                   EACH_PLACE
                   "{\n"
                   LOG_SUM_EXP
                   "double whole = 0;\n"
                   "for (int i = 0; i < C; i++)\n"
                   "whole += $share;\n"
                   "for (int i = 0; i < C; i++)\n"
                   "dx[$at] = (whole * exp(x[$at] - largest) / sum - $share)$mean;\n"
                   "}\n"
                   "}\n"
                   "\n");
}

static void nll(Plain *p)
{
    plain_print(p, BEGIN_SUM
                   EACH_JUDGED
                   "loss -= $one * x[$at_t];\n"
                   "*divisor += $one;\n"
                   "}\n"
                   "return loss;\n");
}

static void nll_grad(Plain *p)
{
    plain_print(p, "?weights $weights\n"
                   "memset(dx, 0, count * C$times_P * sizeof *dx);\n"
                   EACH_PLACE
                   "?ignore if ($t != $ignore)\n"
                   "dx[$at_t] = -$one$mean;\n");
}

/* ---- Over each output -------------------------------------------------------------------------------------------- */

static void set_element(Plain *p, const Op *op, bool slope)
{
    const LossSettings *loss = op->attr.loss;
    int64_t outputs = op->in[0]->shape.dim[0];
    plain_set(p, "beta", "%s", plain_number(p, loss->threshold));
    set_weights(p, "weights", "weight", loss->weight, outputs);
    set_weights(p, "pos_weights", "pos_weight", loss->pos_weight, outputs);
    plain_set(p, "w", "%s", loss->weight ? "weight[i] * " : "");
    plain_set(p, "yes", "%s", loss->pos_weight ? "pos_weight[i] * ti" : "ti");
    plain_set(p, "mean", "%s", loss->reduction == REDUCE_MEAN ? " / S" : "");
    plain_set(p, "divisor", "%s", loss->reduction == REDUCE_SUM ? "" : " / divisor");
    const char *text = loss_formula(loss, slope);
    const char *d = strstr(text, "d ") || strstr(text, "(d") || strstr(text, " d") ? "double d = xi - ti;" : "";
    plain_set(p, "difference", "%s", d);
    plain_set(p, "xi", "%s", slope && !strcmp(loss->runtime, "nc_kl_div") ? "" : "1");
}

static void each_output(Plain *p, const Op *op, bool slope)
{
    set_element(p, op, slope);
    plain_set(p, "slope", "%s", slope ? "1" : "");
    plain_print(p, "?weights $weights\n"
                   "?pos_weights $pos_weights\n"
                   "!slope double loss = 0;\n"
                   "for (int n = 0; n < count; n++)\n"
                   "for (int i = 0; i < S; i++)\n"
                   "{\n"
                   "?xi double xi = x[n * S + i];\n"
                   "double ti = t[n * S + i];\n"
                   "?difference $difference\n");
    plain_print(p, arena_printf(p->arena, slope ? "dx[n * S + i] = (%s)$mean$divisor;\n" : "loss += %s;\n",
                                loss_formula(op->attr.loss, slope)));
    plain_print(p, "}\n"
                   "!slope *divisor = count;\n"
                   "!slope return loss$mean;\n");
}

static void sizes(Plain *p, const Op *op)
{
    const LossSettings *loss = op->attr.loss;
    if (loss->classes) {
        plain_size(p, "C", op->in[0]->shape.dim[0] / loss->places);
        plain_setting(p, "P", loss->places, 1);
    } else {
        plain_elements(p, op->in[0]);
    }
}

static void either(Plain *p, const Op *op, bool slope)
{
    static void (*const over_classes[][2])(Plain *) = {{cross_entropy, cross_entropy_grad}, {nll, nll_grad}};
    if (!op->attr.loss->classes) {
        each_output(p, op, slope);
        return;
    }
    set_classes(p, op);
    over_classes[!strcmp(op->attr.loss->runtime, "nc_nll")][slope](p);
}

static void loss(Plain *p, const Op *op)
{
    either(p, op, false);
}

static void loss_grad(Plain *p, const Op *op)
{
    either(p, op, true);
}

const PlainKernel plain_loss = {
    .name = "loss_forward", .sizes = sizes, .print = loss, .also = {"double *divisor", "const real *shares"},
    .gives = "double",
    .about = "The loss of the batch, as a sum, and what its mean is divided by. x: the model's output; t: the target."};
const PlainKernel plain_loss_grad = {
    .name = "loss_grad", .sizes = sizes, .print = loss_grad, .also = {"double divisor", "const real *shares"},
    .about = "Where the gradients come from: how the loss changes with each number that the model gives."};
