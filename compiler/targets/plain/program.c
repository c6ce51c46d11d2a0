/* The program's text, from the graph with its backward part. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "targets/layer_text.h"
#include "targets/plain/plain.h"

static bool fuses(const GraphKernel *kernel, const Op *op)
{
    (void)kernel, (void)op;
    return false;
}

/* ---- What cannot be done ----------------------------------------------------------------------------------------- */

static void refuse(Plain *p, Span span, const char *what, const char *instead)
{
    diag_error(p->diag, span, "the plain target does not support %s; %s", what, instead);
}

static void check_loader(Plain *p, const Loader *loader)
{
    for (int i = 0; loader->data && i < loader->data->transforms.count; i++)
        if (loader->data->transforms.at[i].kind->chance)
            refuse(p, loader->data->span, arena_printf(p->arena, "%s, a transform by chance",
                                                       loader->data->transforms.at[i].kind->name),
                   "a raw file holds each sample once, for all epochs: leave it out, or train with 'netc run'");
}

/* Whether parameters begin as the training data say. */
static bool whitens(const Train *train)
{
    for (int i = 0; i < train->inits.count; i++)
        if (train->inits.at[i].fill.kind == INIT_WHITENING)
            return true;
    for (int i = 0; i < train->network->draws.count; i++)
        if (train->network->draws.at[i].fill.kind == INIT_WHITENING)
            return true;
    return false;
}

/* Of what learning takes, in a program or in a library. */
static void check_learning(Plain *p)
{
    const Train *train = p->program->train;
    if (whitens(train))
        refuse(p, train->network->span, "whitening_", "its program sees no data before it draws the parameters");
    if (train->lookahead)
        refuse(p, train->span, "'lookahead'", "leave it out");
    if (p->library && train->scheduler && plain_asks_for_updates(train->scheduler))
        refuse(p, train->scheduler->span, "OneCycleLR by the number of samples in a library, which sees no data set",
               "say total_steps= or steps_per_epoch=");
}

/* Of what only a whole program does. */
static void check_training(Plain *p)
{
    const Train *train = p->program->train;
    check_loader(p, &train->data);
    check_loader(p, &train->test);
    if (train->test.views || train->test.every > 1)
        refuse(p, train->test.span, "'every' and 'views' of 'test'", "leave them out");
    if (train->stop && !plain_stop_metric(train))
        refuse(p, train->stop->span, "a metric beside losses and accuracies", "stop by one of these");
    if (train->log_images || train->log_histograms || train->log_graph)
        refuse(p, train->span, "what 'log' shows beside numbers", "leave out images, histograms and graph");
    if (train->precision > 0 && isfinite(train->precision))
        refuse(p, train->precision_span, "a bound of rounding errors", "its sums are those of 'precision exact'");
    if (train->report)
        refuse(p, train->span, "'report'", "leave it out");
}

/* Whether the program can be printed; false after reporting. */
static bool check(Plain *p)
{
    if (!p->reference && p->program->train)
        check_learning(p);
    if (!p->reference && !p->library)
        check_training(p);
    for (int i = 0; i < p->graph->ops.count; i++) {
        const Op *op = p->graph->ops.at[i];
        if (!plain_kernels[op->kind] && op->kind != OP_INPUT && op->kind != OP_TARGET && op->kind != OP_PARAMETER)
            refuse(p, op->span, op_name(op->kind), "the cpu target does");
    }
    return diag_error_count(p->diag) == 0;
}

/* ---- The arena --------------------------------------------------------------------------------------------------- */

static void print_member(Plain *p, const Value *value)
{
    text_printf(&p->t.text, "    %s %s[%s];\n", plain_type(value), p->member[value->id], plain_count(p, value));
}

bool plain_is_member(const Value *value)
{
    const PlainKernel *kernel = plain_kernels[value->producer->kind];
    return !kernel || !kernel->gives;
}

static void print_members(Plain *p, const char *comment, bool parameters, bool backward)
{
    text_printf(&p->t.text, "    /* %s */\n", comment);
    for (int i = 0; i < p->graph->values.count; i++) {
        const Value *value = p->graph->values.at[i];
        if ((value->producer->kind == OP_PARAMETER) == parameters && value->producer->backward == backward &&
            plain_is_member(value))
            print_member(p, value);
    }
}

bool plain_learns(const Value *value)
{
    return value->producer->kind == OP_PARAMETER && parameter_learns(value->parameter) && value->gradient;
}

int64_t plain_learned(const Plain *p)
{
    int64_t count = 0;
    for (int i = 0; i < p->graph->values.count; i++)
        if (plain_learns(p->graph->values.at[i]))
            count += shape_count(p->graph->values.at[i]->shape);
    return count;
}

/* Whether the arena, with floats, is no larger than compilers let static memory be. */
static bool check_size(Plain *p)
{
    const Train *train = p->program->train;
    int64_t numbers = plain_discarded(p) + 2 * plain_scratch(p) + (train->accumulate > 1 ? plain_learned(p) : 0) +
                      (plain_restores(train) ? plain_parameter_numbers(p) : 0);
    for (int i = 0; i < p->graph->values.count; i++) {
        const Value *value = p->graph->values.at[i];
        if (plain_is_member(value))
            numbers += shape_count(value->shape) * (value->batched ? p->batch : 1);
    }
    for (int i = 0; i < PLAIN_STATES; i++)
        numbers += plain_optimizer_state(p, i) ? plain_learned(p) : 0;
    if (numbers <= INT32_MAX / 4)
        return true;
    refuse(p, train->data.span, arena_printf(p->arena, "an arena of %.1f GB", (double)numbers * 4e-9),
           "static memory ends at 2 GiB: make the batches of 'data' and 'test' smaller");
    return false;
}

static void print_arena(Plain *p)
{
    text_add(&p->t.text, "/* All memory that the model takes. In a batch sample stands behind sample, in a sample\n"
                       " * channel behind channel, in that row behind row: with C channels of H rows of W numbers,\n"
                       " * x[((n * C + i) * H + r) * W + c] is at row r, column c of channel i of sample n. */\n"
                       "static struct {\n");
    print_members(p, "the parameters", true, false);
    print_members(p, "what the layers make of a batch", false, false);
    if (plain_takes_shares(p))
        text_printf(&p->t.text,
                    "    real shares[%d * %" PRId64 "]; /* the probabilities that stand for the target */\n",
                    p->batch, shape_count(p->graph->output->shape));
    print_members(p, "the gradient of the loss by each of them", false, true);
    for (int i = 0; i < PLAIN_STATES && !p->reference; i++) {
        const char *state = plain_optimizer_state(p, i);
        if (state && !i)
            text_add(&p->t.text, "    /* what the optimizer keeps of each number that learns */\n");
        if (state)
            text_printf(&p->t.text, "    real %s[%" PRId64 "];\n", state, plain_learned(p));
    }
    if (plain_restores(p->program->train) && !p->reference)
        text_printf(&p->t.text, "    /* the parameters of the best epoch */\n    real best[%" PRId64 "];\n",
                    plain_parameter_numbers(p));
    if (p->program->train->accumulate > 1 && !p->reference)
        text_printf(&p->t.text, "    /* the gradients of the batches of an update */\n"
                              "    real accumulated[%" PRId64 "];\n", plain_learned(p));
    if (plain_discarded(p) && !p->reference)
        text_printf(&p->t.text, "    /* what is drawn for parameters that a change of the model took away */\n"
                              "    real discarded[%" PRId64 "];\n", plain_discarded(p));
    if (plain_scratch(p) && !p->reference)
        text_printf(&p->t.text, "    /* where initial parameters are drawn */\n    double scratch[%" PRId64 "];\n",
                    plain_scratch(p));
    text_add(&p->t.text, "} a;\n\n");
}

static void print_parameters(Plain *p)
{
    int64_t at = 0;
    int count = 0;
    text_add(&p->t.text, "/* The parameters by their names in PyTorch, w, with their gradients, dw; those without do\n"
                       " * not learn. `at`: where the optimizer's arrays have what it keeps of them. */\n"
                       "static const struct parameter {\n"
                       "    const char *name, *shape;\n"
                       "    real *w, *dw;\n"
                       "    int count, at, group, whole;\n"
                       "} parameters[] = {\n");
    for (int i = 0; i < p->graph->values.count; i++) {
        const Value *value = p->graph->values.at[i];
        if (value->producer->kind != OP_PARAMETER)
            continue;
        const Shape shape = value->shape;
        text_add(&p->t.text, "    {");
        text_add_quoted(&p->t.text, value->parameter->name);
        text_add(&p->t.text, ", \"");
        for (int d = 0; d < shape.rank; d++)
            text_printf(&p->t.text, "%s%" PRId64, d ? "," : "", shape.dim[d]);
        text_printf(&p->t.text, "\", a.%s, ", p->member[i]);
        if (plain_learns(value))
            text_printf(&p->t.text, "a.%s, ", p->member[value->gradient->id]);
        else
            text_add(&p->t.text, "NULL, ");
        text_printf(&p->t.text, "%" PRId64 ", %" PRId64 ", %d, %d},\n", shape_count(shape),
                    plain_learns(value) ? at : 0,
                    plain_group_of(p->program->train, value->parameter),
                    value->parameter->kind == PARAMETER_COUNT);
        if (plain_learns(value))
            at += shape_count(shape);
        count++;
    }
    text_printf(&p->t.text, "};\nenum { PARAMETERS = %d };\n\n", count);
}

/* ---- The functions ----------------------------------------------------------------------------------------------- */

void plain_print_kernels(Plain *p, bool backward)
{
    for (int i = 0; i < p->graph->ops.count; i++) {
        const Op *op = p->graph->ops.at[i];
        if (!p->function[i] || op->backward != backward)
            continue;
        if (op->kind == OP_LOSS)
            plain_print_soft_loss(p, op);
        plain_kernel(p, op);
    }
}

const char *plain_calls(Plain *p, int first, int end, bool backward)
{
    Text calls = text_new(p->arena);
    const char *layer = NULL;
    for (int i = first; i < end; i++) {
        const Op *op = p->graph->ops.at[i];
        if (!p->function[i] || op->backward != backward)
            continue;
        if (!layer || strcmp(layer, op->layer) != 0)
            text_printf(&calls, "/* %s */\n", op_text(p->arena, op));
        layer = op->layer;
        text_printf(&calls, "%s%s\n", op->kind == OP_LOSS ? "return " : "", p->call[i]);
        if (p->reference)
            text_add(&calls, plain_behind(p, op));
        if (p->observed)
            text_add(&calls, plain_observed(p, op));
    }
    if (calls.length)
        calls.bytes[calls.length - 1] = '\0';
    return calls.bytes;
}

/* Begins the template of a pass, by its calls; gives them. */
static const char *set_calls(Plain *p, bool backward)
{
    const char *calls = plain_calls(p, 0, p->graph->ops.count, backward);
    plain_forget(p);
    plain_set(p, "calls", "%s", calls);
    return calls;
}

static void print_forward(Plain *p)
{
    const char *calls = set_calls(p, false);
    const bool trains = text_has_word(calls, "training"), draws = text_has_word(calls, "g");
    p->forward_arguments = arena_printf(p->arena, "count%s%s, &divisor", trains ? ", training" : "",
                                        !draws ? "" : p->reference ? ", NULL" : ", &mt");
    plain_set(p, "training", "%s%s", trains ? ", int training" : "", draws ? ", struct generator *g" : "");
    plain_print(p, "/* The loss of the batch in the arena: the sum over the samples, and what a mean divides it"
                   " by. */\n"
                   "static double forward(int count$training, double *divisor)\n"
                   "{\n"
                   "$calls\n"
                   "}\n\n");
}

static void print_backward(Plain *p)
{
    bool divides = text_has_word(set_calls(p, true), "divisor");
    p->backward_arguments = divides ? "count, divisor == 0 ? HUGE_VAL : divisor" : "count";
    plain_set(p, "divisor", "%s", divides ? ", double divisor" : "");
    plain_print(p, "/* The gradients of that loss, from the last layer to the first: the chain rule. */\n"
                   "static void backward(int count$divisor)\n"
                   "{\n"
                   "$calls\n"
                   "}\n\n");
}

/* The table of layers, as the file's first comment. */
static void print_banner(Plain *p)
{
    const Program *program = p->program;
    const char *slash = strrchr(program->source->path, '/'), *file = slash ? slash + 1 : program->source->path;
    text_printf(&p->t.text, "/* %s: the model of %s and its training, in C99 alone. Written by netc: change the .net"
                          " file instead.\n *\n", program->train->network->name, file);
    layer_table(&p->t.text, program->train->network);
    text_printf(&p->t.text, " *\n"
                          " *     netc data %s --raw data\n"
                          " *     cc -O2 -std=c99 THIS.c -lm -o train\n"
                          " *     ./train data.train.raw%s%s\n"
                          " *\n"
                          " * A function is a kind of operation: it takes sizes, inputs and outputs. n counts the"
                          " samples of a batch, dx is the\n"
                          " * gradient of the loss by x. Sums are double. Compiled with -Dreal=double, everything is.",
                file, program->train->test.data ? " data.test.raw" : "",
                plain_loads(p) ? " data.safetensors" : "");
    const Train *train = program->train;
    const char *left = arena_printf(p->arena, "%s%s%s", train->log ? ", 'log'" : "", train->save ? ", 'save'" : "",
                                    train->measures.count ? ", 'metrics'" : "");
    if (*left)
        text_printf(&p->t.text, " Of the train block\n * it leaves out %s: it prints losses, and saves at the end where"
                              " save=FILE asks for it.", left + 2);
    text_add(&p->t.text, " */\n");
}

/* Whether a reference has it of who compares. */
static bool is_given(const char *use)
{
    return !strcmp(use, "uniform53(") || !strcmp(use, "struct generator");
}

void plain_print_helpers(Plain *p, const PlainHelper *helpers, const char *text)
{
    int count = 0, draws = 0; /* from where on they draw */
    while (helpers[count].use)
        count++;
    while (draws < count && strcmp(helpers[draws].use, "struct generator") != 0)
        draws++;
    const char *needed = text;
    for (int i = count - 1; i >= 0; i--)
        if (strstr(needed, helpers[i].use) && !(p->reference && is_given(helpers[i].use))) {
            Text kept = p->t.text;
            p->t.text = text_new(p->arena);
            plain_forget(p);
            plain_print(p, helpers[i].text);
            const char *helper = p->library && i < draws ? plain_with_wide(p, p->t.text.bytes) : p->t.text.bytes;
            needed = arena_printf(p->arena, "%s\n%s", helper, needed);
            p->t.text = kept;
        }
    text_add(&p->t.text, needed);
}

/* What a whole program does beside the pass. */
static void print_step(Plain *p)
{
    plain_rule(p, "The step");
    print_parameters(p);
    plain_print_init(p);
    plain_print_optimizer(p);
    plain_print_schedule(p);
    plain_print_data(p);
    plain_print_training(p);
}

/* A reference in float has its sums in float too. Dropout draws from who compares. */
static void print_includes(Plain *p)
{
    text_add(&p->t.text, "#include <limits.h>\n#include <math.h>\n#include <stdio.h>\n#include <stdlib.h>\n"
                       "#include <string.h>\n");
    if (!p->program->train->has_seed && !p->reference)
        text_add(&p->t.text, "#include <time.h>\n");
    text_add(&p->t.text, "\n#ifndef real\n#define real float\n#endif\n\n");
    if (p->reference)
        text_add(&p->t.text, "#include \"netc.h\"\n\n"
                           "static double (*drawn)(void);\nstatic void (*behind)(int value);\n\n"
                           "struct generator;\n\n"
                           "static inline double uniform53(struct generator *g)\n"
                           "{\n    (void)g;\n    return drawn();\n}\n\n"
                           "#ifdef NARROW\n#define double float\n#endif\n\n");
}

/* Of a library: the forward pass of evaluation, and in front of it the step, where it trains. */
static Plain begin_library(const Lowering *lowering)
{
    const Graph *step = lowering->training ? lowering->training->graph : NULL;
    const Graph *forward = lowering->evaluation->graph;
    const Train *train = lowering->program->train;
    Plain p = {.arena = lowering->arena, .diag = lowering->diag, .program = lowering->program, .graph = forward,
               .t = template_new(lowering->arena), .batch = 1, .library = true,
               .observed = lowering->observed, .network = train ? train->network : lowering->program->networks.at[0]};
    if (!step)
        return p;
    p.graph = plain_join(lowering->arena, step, forward);
    p.trained = step->ops.count;
    p.train_input = p.graph->values.at[step->input->id];
    p.batch = train->data.batch_size;
    return p;
}

static Plain begin(const Lowering *lowering)
{
    if (lowering->form == EMIT_LIBRARY)
        return begin_library(lowering);
    const Train *train = lowering->program->train;
    Plain p = {.arena = lowering->arena, .diag = lowering->diag, .program = lowering->program,
               .graph = lowering->training->graph, .t = template_new(lowering->arena), .batch = train->data.batch_size,
               .reference = lowering->form == EMIT_OBJECT};
    if (train->test.data && train->test.batch_size > p.batch)
        p.batch = train->test.batch_size;
    if (lowering->samples)
        p.batch = lowering->samples;
    return p;
}

static void lower(Lowering *lowering)
{
    Plain p = begin(lowering);
    if (!check(&p))
        return;
    if (p.library) {
        plain_lower_library(&p, lowering);
        return;
    }
    if (!check_size(&p))
        return;
    plain_name_values(&p);
    plain_rule(&p, "Forward");
    plain_print_kernels(&p, false);
    print_forward(&p);
    plain_rule(&p, "Backward");
    plain_print_kernels(&p, true);
    print_backward(&p);
    (p.reference ? plain_print_reference : print_step)(&p);
    const char *body = p.t.text.bytes;
    p.t.text = text_new(p.arena);
    if (!p.reference)
        print_banner(&p);
    print_includes(&p);
    print_arena(&p);
    if (plain_takes_shares(&p))
        text_add(&p.t.text, "static const real *shares; /* a.shares, where the data give probabilities */\n\n");
    plain_print_helpers(&p, plain_helpers, p.reference ? body : arena_printf(p.arena, "static struct generator mt;"
                                                                                      "\n\n%s", body));
    lowering->text = p.t.text.bytes;
}

const Target target_plain = {
    .name = "plain", .summary = "C99 as a textbook has it, self-contained", .fuses = fuses, .needs_training = true,
    .lower = lower};
