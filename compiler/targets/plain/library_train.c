/* Of a library that trains: the step, and what it changes, a struct training behind the parameters. */
#include <inttypes.h>
#include <string.h>

#include "system/digest.h"
#include "targets/plain/homes.h"

Graph *plain_join(Arena *arena, const Graph *step, const Graph *forward)
{
    Graph *joined = graph_new(arena);
    Value **copies = graph_append(joined, step);
    joined->target = copies[step->target->id];
    joined->loss = copies[step->loss->id];
    copies = graph_append(joined, forward);
    joined->input = copies[forward->input->id];
    joined->evaluates = true;
    joined->output = copies[forward->output->id];
    return joined;
}

/* ---- The pass ---------------------------------------------------------------------------------------------------- */

const char *plain_unused(Plain *p, const char *body, const char *const *arguments)
{
    Text text = text_new(p->arena);
    text_add(&text, "{\n");
    for (int i = 0; arguments[i]; i++)
        if (!text_has_word(body, arguments[i]))
            text_printf(&text, "    (void)%s;\n", arguments[i]);
    text_add(&text, body + strlen("{\n"));
    return text.bytes;
}

/* A function over a batch that makes these calls. */
static void print_part(Plain *p, const Homes *h, const char *head, const char *const *arguments,
                       const char *calls)
{
    const Text kept = p->t.text;
    p->t.text = text_new(p->arena);
    text_add(&p->t.text, "{\n");
    homes_declare(p, h, 0, p->trained, calls);
    if (text_has_word(calls, "training"))
        text_add(&p->t.text, "    const int training = 1;\n");
    plain_forget(p);
    p->t.indent = 1;
    plain_print(p, calls);
    p->t.indent = 0;
    text_add(&p->t.text, "}\n\n");
    const char *body = p->t.text.bytes;
    p->t.text = kept;
    plain_set(p, "type", "%s", plain_type(p->train_input));
    plain_set(p, "target", "%s", plain_type(p->graph->target));
    plain_print(p, head);
    text_add(&p->t.text, plain_unused(p, body, arguments));
}

void plain_print_pass(Plain *p, Homes *h, TrainingCore *core)
{
    static const char *const forward[] = {"g", "x", "t", "shares", "a", "w", NULL};
    static const char *const backward[] = {"x", "t", "shares", "a", "w", "divisor", NULL};
    core->arena = homes_place(p, h, 0, p->trained);
    print_part(p, h,
               "/* The loss of a batch of samples x with targets t: the sum over the samples, and what a mean divides"
               " it by.\n"
               " * shares: the probabilities of classes that stand for t, or NULL; a: memory for what the layers make;"
               " w: the parameters;\n"
               " * g draws what dropout drops. */\n"
               "static double pass_forward(int count, struct generator *g, const $type *x, const $target *t,"
               " const real *shares,\n"
               "                           real *a, real *w, double *divisor)\n",
               forward, plain_calls(p, 0, p->trained, false));
    print_part(p, h,
               "/* The gradients of that loss, from the last layer to the first: the chain rule. */\n"
               "static void pass_backward(int count, const $type *x, const $target *t, const real *shares, real *a,\n"
               "                          real *w, double divisor)\n",
               backward, plain_calls(p, 0, p->trained, true));
}

/* ---- Learning ---------------------------------------------------------------------------------------------------- */

/* The parameters that learn. Returns how many numbers they have. */
static void print_parameters(Plain *p, const Homes *h)
{
    int64_t at = 0;
    int count = 0;
    text_add(&p->t.text, "/* The parameters that learn: their places in the block and in memory their gradients'. `at`:"
                         " where what the\n * optimizer keeps of them begins. */\n"
                         "static const struct parameter {\n"
                         "    long w, dw;\n"
                         "    int count, at, group;\n"
                         "} parameters[] = {\n");
    for (int i = 0; i < p->graph->values.count; i++) {
        const Value *value = p->graph->values.at[i];
        if (!plain_learns(value))
            continue;
        const int64_t numbers = shape_count(value->shape);
        text_printf(&p->t.text, "    {%lld, %" PRId64 ", %" PRId64 ", %" PRId64 ", %d}, /* %s */\n",
                    plain_parameter_place(p, value->parameter),
                    h->of[h->root[value->gradient->id]->id].offset / (int64_t)sizeof(float), numbers, at,
                    plain_group_of(p->program->train, value->parameter), value->parameter->name);
        at += numbers;
        count++;
    }
    text_printf(&p->t.text, "};\nenum { PARAMETERS = %d };\n\n", count);
}

/* What a state begins with, which tells it from others': a digest of the text that goes by it. */
static uint32_t mark_of(const char *text)
{
    return (uint32_t)nc_digest(NC_NO_BYTES, text, strlen(text));
}

int64_t plain_print_state(Plain *p, int settings)
{
    const Train *train = p->program->train;
    const int groups = 1 + train->parts.count;
    const int64_t learned = plain_learned(p), generator = 624 * 4 + 2 * 4 + 8;
    int64_t bytes = 4 * 4 + generator + (int64_t)groups * settings * 8 + plain_print_rates(p);
    text_printf(&p->t.text, "/* What training changes beside the parameters. It has no pointers, so it may be kept and"
                            " read again. */\n"
                            "struct training {\n"
                            "    unsigned mark; /* whose it is */\n"
                            "    int steps;     /* updates so far */\n"
                            "    int batches;   /* whose gradients wait for the next one */\n"
                            "    int unused;\n"
                            "    struct generator g;\n"
                            "    struct group groups[%d];\n%s", groups,
                train->scheduler ? "    struct rates rates;\n" : "");
    for (int i = 0; i < PLAIN_STATES; i++) {
        const char *state = plain_optimizer_state(p, i);
        if (state)
            text_printf(&p->t.text, "    real %s[%" PRId64 "];\n", state, learned);
        bytes += state ? learned * 4 : 0;
    }
    if (train->accumulate > 1)
        text_printf(&p->t.text, "    real accumulated[%" PRId64 "];\n", learned);
    bytes += train->accumulate > 1 ? learned * 4 : 0;
    text_add(&p->t.text, "};\n\n");
    return (bytes + 7) / 8 * 8;
}

static int least_samples(const Plain *p)
{
    int least = 1;
    for (int i = 0; i < p->trained; i++) {
        const Op *op = p->graph->ops.at[i];
        if (op->kind == OP_BATCH_STATISTICS && op->attr.norm.several)
            least = 2;
    }
    return least;
}

void plain_print_learning(Plain *p, const Homes *h, TrainingCore *core)
{
    const Train *train = p->program->train;
    print_parameters(p, h);
    plain_print_init(p);
    core->state = plain_print_optimizer(p);
    plain_print_schedule(p);
    plain_forget(p);
    plain_set(p, "schedule", "%s", train->scheduler ? "1" : "");
    plain_set(p, "every_batch", "%s", train->scheduler && train->every_batch ? "1" : "");
    plain_set(p, "every_epoch", "%s", train->scheduler && !train->every_batch ? "1" : "");
    plain_set(p, "waits", "%s", train->accumulate > 1 ? "1" : "");
    plain_set(p, "not_last", "%s", train->accumulate > 1 ? ", 0" : "");
    core->ends_epochs = train->accumulate > 1 || (train->scheduler && !train->every_batch);
    plain_set(p, "ends", "%s", core->ends_epochs ? "1" : "");
    plain_set(p, "type", "%s", plain_type(p->train_input));
    plain_set(p, "target", "%s", plain_type(p->graph->target));
    plain_set(p, "groups", "%d", 1 + train->parts.count);
    plain_set(p, "state", "%" PRId64, core->state);
    plain_set(p, "gather", "%s", plain_gathers(train) ? "1" : "");
    plain_set(p, "mean", "%s", p->graph->loss->producer->attr.loss->reduction == REDUCE_SUM ? "" : "1");
    plain_set(p, "mark", "0x%08xu", (unsigned)mark_of(p->t.text.bytes));
    plain_set(p, "batches", "%d", train->accumulate > 1 ? train->accumulate : 1);
    plain_print(p, "typedef char state_is_as_large[sizeof(struct training) <= $state ? 1 : -1];\n\n");
    plain_print(p, "static void training_begin(struct training *t, unsigned number, real *w, void *memory)\n"
                   "{\n"
                   "memset(t, 0, sizeof *t);\n"
                   "t->mark = $mark;\n"
                   "memcpy(t->groups, first_groups, sizeof first_groups);\n"
                   "?schedule start_schedule(t);\n"
                   "seed(&t->g, number);\n"
                   "init(&t->g, w, memory);\n"
                   "}\n"
                   "\n"
                   "/* Whether it can be gone on with. */\n"
                   "static int training_is_valid(const struct training *t)\n"
                   "{\n"
                   "return t->mark == $mark && t->g.next >= 0 && t->g.next <= 624 && t->batches >= 0 && "
                   "t->batches < $batches;\n"
                   "}\n"
                   "\n"
                   "!schedule static void training_scale(struct training *t, double factor)\n"
                   "!schedule {\n"
                   "!schedule for (int i = 0; i < $groups; i++)\n"
                   "!schedule t->groups[i].lr = first_groups[i].lr * factor;\n"
                   "!schedule }\n"
                   "!schedule \n"
                   "?schedule static double training_lr(const struct training *t)\n"
                   "?schedule {\n"
                   "?schedule return t->groups[0].lr;\n"
                   "?schedule }\n"
                   "?schedule \n"
                   "?ends static void training_end_epoch(struct training *t, double metric, real *a, real *w)\n"
                   "?ends {\n"
                   "?waits if (gather(t, a, 1)) {\n"
                   "?waits step(t, a, w);\n"
                   "?waits ?every_batch schedule(t, 0);\n"
                   "?waits }\n"
                   "?every_epoch schedule(t, metric);\n"
                   "?ends (void)metric, (void)a, (void)w;\n"
                   "?ends }\n"
                   "?ends \n"
                   "/* One step; returns the loss before it. */\n"
                   "static float training_step(struct training *t, int count, const $type *x, const $target *target,\n"
                   "                           const real *shares, real *a, real *w)\n"
                   "{\n"
                   "wide divisor, sum = pass_forward(count, &t->g, x, target, shares, a, w, &divisor);\n"
                   "pass_backward(count, x, target, shares, a, w, divisor == 0 ? (wide)HUGE_VAL : divisor);\n"
                   "?gather if (gather(t, a$not_last)) {\n"
                   "step(t, a, w);\n"
                   "?every_batch schedule(t, 0);\n"
                   "?gather }\n"
                   "?mean return (float)(divisor == 0 ? 0 : sum / divisor);\n"
                   "!mean return (float)sum;\n"
                   "}\n");
    const int64_t drawing = 8 * plain_scratch(p) + 4 * plain_discarded(p);
    core->arena = core->arena > drawing ? core->arena : drawing;
    core->batch = p->batch;
    core->probabilities = plain_takes_shares(p);
    core->least = least_samples(p);
    core->ignored = p->graph->loss->producer->attr.loss->ignore_index;
}
