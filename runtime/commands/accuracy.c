/* accuracy.c: how far what each kernel makes is from exact numbers, on a batch of the model's own data.
 *
 * The batch goes forward and backward through the kernels, whose program has a lap behind each call: there what it has
 * made is copied, before another value takes its place. Then the references take the same batch, with the same
 * parameters and masks: one in double, from which errors are counted, and one in float with every sum from its first
 * term to its last, which says what error float has by itself. A reference makes each value of what the kernels have
 * made in front of it. So a row of the table is the error of one layer alone, and a unit that rounding puts to the
 * other side of a ReLU changes nothing behind it. At the end both go through the model undisturbed, which tells the
 * error of all layers together. */
#include "commands/accuracy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "step/step.h"
#include "system/cells.h"

/* The root mean square of an error, as a share, above which a value is nothing but rounding: the bias in front of a
 * norm has such a gradient, which is exactly 0. */
static const double cancelled = 0.1;

static const struct nc_accuracy *source;

void nc_accuracy_set(const struct nc_accuracy *accuracy)
{
    source = accuracy;
}

struct error {
    double largest, rms; /* as shares of the largest and the root mean square of the exact values */
};

/* A pass of kernels that is watched. */
struct watch {
    const struct nc_run *run;
    const struct nc_microbatch *under_way; /* what the kernels work on */
    float **copy;                          /* [made]: [samples][channels][rows][columns]; NULL of a parameter */
    int *calls;                            /* [made]: of the microbatch under way */
    double **exact;                        /* [made]: the same values by the reference in double; NULL: it has none */
    struct error *plain;                   /* [made]: of the reference in float */
};

/* ---- Watching the kernels ---------------------------------------------------------------------------------------- */

static long long numbers_of(const struct nc_made *made)
{
    return made->channels * made->rows * made->columns;
}

/* Copies what was made of sample `index` of the microbatch, in torch's order. */
static void copy_sample(const struct watch *w, int number, int index)
{
    const struct nc_made *made = &source->made[number];
    const struct nc_microbatch *mb = w->under_way;
    const float *from = (const float *)(const void *)((made->in_batch ? mb->batch : mb->workspace) + made->offset);
    const int sample = mb->first + index;
    float *to = w->copy[number] + sample * numbers_of(made);
    if (!made->used_again)
        from += (made->in_batch ? sample : index) * made->sample;
    for (long long channel = 0; channel < made->channels; channel++)
        for (long long row = 0; row < made->rows; row++)
            for (long long column = 0; column < made->columns; column++)
                *to++ = from[row * made->row + column * made->column + channel];
}

/* Behind a call of a kernel. A part of one copies what the parts before it have made once more. */
static void take(void *context, int kernel)
{
    struct watch *w = context;
    for (int i = 0; i < source->made_count; i++) {
        const struct nc_made *made = &source->made[i];
        if (made->kernel != kernel || w->copy[i] == NULL)
            continue;
        if (made->each) {
            copy_sample(w, i, w->calls[i]);
            w->calls[i] = (w->calls[i] + 1) % w->under_way->count;
            continue;
        }
        if (made->used_again) {
            copy_sample(w, i, (int)(w->under_way->part / made->parts));
            continue;
        }
        for (int sample = 0; sample < w->under_way->count; sample++)
            copy_sample(w, i, sample);
    }
}

static double run_kernels(struct nc_run *run, struct watch *w)
{
    struct nc_pass *pass = &run->step->pass;
    struct nc_laps *laps = nc_memory(run, 1, sizeof *laps, "the comparison");
    laps->made = take;
    laps->context = w;
    pass->under_way = &w->under_way;
    nc_loader_begin(&run->train, &run->random);
    nc_feed_begin(run->train.feed, 0);
    nc_laps_use(laps);
    struct nc_score score = nc_step_gradients(run, 0);
    nc_laps_use(NULL);
    pass->under_way = NULL;
    free(laps);
    if (!isfinite(score.loss))
        nc_diverged(run, score.loss);
    return score.loss;
}

/* ---- Errors ------------------------------------------------------------------------------------------------------ */

/* What is added up over the numbers of a value. */
struct sums {
    double largest, squares;             /* of the exact ones */
    double largest_apart, squares_apart; /* of what is between them and the others */
};

static void add(struct sums *s, double exact, double x)
{
    s->largest = fmax(s->largest, fabs(exact));
    s->squares += exact * exact;
    s->largest_apart = isfinite(x) ? fmax(s->largest_apart, fabs(x - exact)) : INFINITY;
    s->squares_apart += (x - exact) * (x - exact);
}

static double share(double apart, double size)
{
    return apart == 0 ? 0 : apart / size;
}

static struct error error_of(const struct sums *s)
{
    return (struct error){share(s->largest_apart, s->largest), sqrt(share(s->squares_apart, s->squares))};
}

/* ---- The references ---------------------------------------------------------------------------------------------- */

static const struct nc_reference_value *value_called(const struct nc_reference *reference, const char *name)
{
    for (int i = 0; i < reference->value_count; i++)
        if (strcmp(reference->values[i].name, name) == 0)
            return &reference->values[i];
    return NULL;
}

static void put(const struct nc_reference *reference, const struct nc_reference_value *value, long long place, double x)
{
    if (value->ints)
        ((int *)value->at)[place] = (int)x;
    else if (reference->doubles)
        ((double *)value->at)[place] = x;
    else
        ((float *)value->at)[place] = (float)x;
}

static double get(const struct nc_reference *reference, const struct nc_reference_value *value, long long place)
{
    return reference->doubles ? ((const double *)value->at)[place] : (double)((const float *)value->at)[place];
}

static void put_parameters(const struct nc_run *run, const struct nc_reference *reference)
{
    for (int i = 0; i < run->model->parameter_count; i++) {
        const struct nc_parameter *p = &run->model->parameters[i];
        const struct nc_reference_value *value = value_called(reference, p->name);
        struct nc_walk walk;
        if (value == NULL || p->kind == NC_COUNT)
            continue;
        nc_walk_start(&walk, p->axes, p->axis_count);
        for (long long k = 0; k < nc_parameter_elements(p); k++, nc_walk_next(&walk))
            put(reference, value, k, run->weights[p->offset + walk.offset]);
    }
}

/* Tokens as the data set has them; other samples as the first kernel has laid them out. */
static void put_input(const struct watch *w, const struct nc_reference *reference)
{
    const struct nc_pass *pass = &w->run->step->pass;
    const struct nc_reference_value *value = value_called(reference, "input");
    for (int i = 0; i < source->made_count; i++) {
        const struct nc_made *made = &source->made[i];
        for (long long k = 0; made->what == NC_MADE_INPUT && k < pass->count * numbers_of(made); k++)
            put(reference, value, k, w->copy[i][k]);
    }
    for (int i = 0; w->run->model->tokens && i < pass->count; i++)
        for (long long k = 0; k < value->numbers; k++)
            put(reference, value, i * value->numbers + k, ((const int *)pass->input[i])[k]);
}

static void put_target(const struct nc_pass *pass, const struct nc_reference *reference)
{
    const struct nc_reference_value *value = value_called(reference, "target");
    for (long long k = 0; k < pass->count * value->numbers; k++)
        put(reference, value, k, pass->labels != NULL ? pass->labels[k] : (double)pass->targets[k]);
}

/* What the masks of the batch were drawn from: numbers below and above what decides, one by one. The references draw
 * them in the same order, layer by layer, in torch's order. */
static struct {
    const struct nc_pass *pass;
    int layer;
    long long next;
} masks;

static double draw(void)
{
    const struct nc_model *m = masks.pass->run->model;
    while (masks.next >= nc_dropout_draws(&m->dropouts[masks.layer], masks.pass->count)) {
        masks.layer = (masks.layer + 1) % m->dropout_count;
        masks.next = 0;
    }
    return masks.pass->dropout[masks.layer][masks.next++] ? 0 : 1;
}

/* Who looks at the values that a reference makes. */
static struct {
    struct watch *watch;
    const struct nc_reference *reference;
} look;

static void leave(int value)
{
    (void)value;
}

static int made_called(const char *name)
{
    for (int i = 0; i < source->made_count; i++)
        if (source->made[i].what != NC_MADE_PARAMETER && strcmp(source->made[i].value, name) == 0)
            return i;
    return -1;
}

/* Takes what the reference has made, and puts what the kernels have made in its place. */
static void take_and_replace(int number)
{
    struct watch *w = look.watch;
    const struct nc_reference_value *value = &look.reference->values[number];
    const int made = made_called(value->name);
    const long long count = value->numbers * w->run->step->pass.count;
    if (made < 0 || numbers_of(&source->made[made]) != value->numbers)
        return;
    if (w->exact[made] == NULL)
        w->exact[made] = nc_memory(w->run, count, sizeof(double), "the comparison");
    struct sums sums = {0};
    for (long long k = 0; k < count; k++) {
        const double x = get(look.reference, value, k);
        if (look.reference->doubles)
            w->exact[made][k] = x;
        else
            add(&sums, w->exact[made][k], x);
        put(look.reference, value, k, w->copy[made][k]);
    }
    if (!look.reference->doubles)
        w->plain[made] = error_of(&sums);
}

/* Returns the loss. */
static double run_reference(struct watch *w, const struct nc_reference *reference, void (*behind)(int value))
{
    const struct nc_pass *pass = &w->run->step->pass;
    put_parameters(w->run, reference);
    put_input(w, reference);
    put_target(pass, reference);
    masks.pass = pass;
    masks.layer = 0;
    masks.next = 0;
    *reference->draw = draw;
    *reference->behind = behind;
    look.watch = w;
    look.reference = reference;
    return reference->pass(pass->count);
}

static const struct nc_parameter *parameter_called(const struct nc_model *m, const char *name)
{
    for (int i = 0; i < m->parameter_count; i++)
        if (strcmp(m->parameters[i].name, name) == 0)
            return &m->parameters[i];
    return NULL;
}

/* Adds the errors of a parameter's gradient, by the kernels or else by the reference in float. */
static void add_gradient(struct sums *sums, const struct nc_run *run, const struct nc_made *made, int kernels)
{
    const struct nc_parameter *p = parameter_called(run->model, made->of);
    const struct nc_reference_value *exact = value_called(source->exact, made->value);
    const struct nc_reference_value *plain = value_called(source->plain, made->value);
    struct nc_walk walk;
    nc_walk_start(&walk, p->axes, p->axis_count);
    for (long long k = 0; k < exact->numbers; k++, nc_walk_next(&walk))
        add(sums, get(source->exact, exact, k),
            kernels ? nc_gradient_at(run, p->offset + walk.offset) : get(source->plain, plain, k));
}

/* What all kernels together have as the error of the parameters' gradients. */
static struct error error_of_gradients(const struct nc_run *run, int kernels)
{
    struct sums sums = {0};
    for (int i = 0; i < source->made_count; i++)
        if (source->made[i].what == NC_MADE_PARAMETER)
            add_gradient(&sums, run, &source->made[i], kernels);
    return error_of(&sums);
}

/* The errors of a row. 0: the references have no such value. */
static int find_errors(const struct watch *w, int number, struct error *kernels, struct error *plain)
{
    const struct nc_made *made = &source->made[number];
    struct sums ours = {0}, theirs = {0};
    if (made->what == NC_MADE_INPUT || (made->what != NC_MADE_PARAMETER && w->exact[number] == NULL))
        return 0;
    if (made->what == NC_MADE_PARAMETER) {
        add_gradient(&ours, w->run, made, 1);
        add_gradient(&theirs, w->run, made, 0);
        *plain = error_of(&theirs);
    } else {
        for (long long k = 0; k < w->run->step->pass.count * numbers_of(made); k++)
            add(&ours, w->exact[number][k], w->copy[number][k]);
        *plain = w->plain[number];
    }
    *kernels = error_of(&ours);
    return 1;
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static void print_head(const struct nc_run *run)
{
    nc_print("errors of %d samples from the same in float64, as shares of the exact values' largest and root mean "
             "square\n%-22s%s\n%9s %9s  %9s %9s  %-24s %-21s  %s\n", run->step->pass.count, "netc", "float32 in order",
             "largest", "rms", "largest", "rms", "what", "family", "layer");
}

static void print_errors(const struct error *kernels, const struct error *plain)
{
    nc_print("%9.1e %9.1e  %9.1e %9.1e  ", kernels->largest, kernels->rms, plain->largest, plain->rms);
}

static void print_row(const struct nc_made *made, const struct error *kernels, const struct error *plain)
{
    static const char *const whats[] = {"input", "output", "gradient of the input", ""};
    const char *what = made->what == NC_MADE_PARAMETER ? made->of : whats[made->what];
    print_errors(kernels, plain);
    nc_print("%-*s %-21s  %s%s\n", nc_field(what, 24), what, made->family, made->layers,
             plain->rms > cancelled ? "  (cancels out)" : "");
}

/* What was found of all rows. */
struct verdict {
    struct error worst;
    double times; /* as large as that of sums in float */
    const struct nc_made *worst_made, *times_made;
};

/* A value that is nothing but rounding says nothing. */
static void judge(struct verdict *v, const struct nc_made *made, const struct error *kernels, const struct error *plain)
{
    if (plain->rms > cancelled)
        return;
    if (v->worst_made == NULL || !(kernels->rms <= v->worst.rms)) {
        v->worst = *kernels;
        v->worst_made = made;
    }
    if (plain->rms > 0 && kernels->rms > v->times * plain->rms) {
        v->times = kernels->rms / plain->rms;
        v->times_made = made;
    }
}

static void print_verdict(const struct verdict *v)
{
    if (v->worst_made != NULL)
        nc_print("the largest rms error: %.1e, %s of %s\n", v->worst.rms, v->worst_made->value, v->worst_made->layers);
    if (v->times_made != NULL)
        nc_print("most above that of float32 in order: %.1f times, %s of %s\n", v->times, v->times_made->value,
                 v->times_made->layers);
}

/* ---- The command ------------------------------------------------------------------------------------------------- */

void nc_accuracy_begin(struct nc_run *run)
{
    if (source == NULL)
        nc_fail(run, "say: netc run FILE.net accuracy", "accuracy: a trainer by itself has nothing to compare with");
    if (run->threads.given && run->threads.value != 1)
        nc_usage(run, NULL, "accuracy: the kernels are watched on one thread");
    run->threads.value = 1;
    run->train.batch_size = run->train.batch_size < source->samples ? run->train.batch_size : source->samples;
}

static void prepare(struct nc_run *run, struct watch *w)
{
    const int count = source->made_count;
    w->run = run;
    w->copy = nc_memory(run, count, sizeof *w->copy, "the comparison");
    w->exact = nc_memory(run, count, sizeof *w->exact, "the comparison");
    w->calls = nc_memory(run, count, sizeof *w->calls, "the comparison");
    w->plain = nc_memory(run, count, sizeof *w->plain, "the comparison");
    for (int i = 0; i < count; i++)
        if (source->made[i].what != NC_MADE_PARAMETER)
            w->copy[i] = nc_memory(run, source->samples, numbers_of(&source->made[i]) * (long long)sizeof(float),
                                   "the comparison");
}

static void release(struct watch *w)
{
    for (int i = 0; i < source->made_count; i++) {
        free(w->copy[i]);
        free(w->exact[i]);
    }
    free(w->copy);
    free(w->exact);
    free(w->calls);
    free(w->plain);
}

/* The model as a whole, without anything of the kernels in between. */
static void compare_whole(struct watch *w, double loss)
{
    const double exact = run_reference(w, source->exact, leave), plain = run_reference(w, source->plain, leave);
    const struct error ours = error_of_gradients(w->run, 1), theirs = error_of_gradients(w->run, 0);
    print_errors(&ours, &theirs);
    nc_print("the parameters' gradients, of all layers together\nloss %.9g, in float64 %.9g, in float32 in order "
             "%.9g\n", loss, exact, plain);
}

int nc_accuracy_command(struct nc_run *run)
{
    struct watch w = {0};
    struct verdict verdict = {0};
    prepare(run, &w);
    const double loss = run_kernels(run, &w);
    if (run->model->classes && run->step->pass.labels == NULL)
        nc_fail(run, NULL, "accuracy: targets that are probabilities of classes can't be compared");
    run_reference(&w, source->exact, take_and_replace);
    run_reference(&w, source->plain, take_and_replace);
    print_head(run);
    for (int i = 0; i < source->made_count; i++) {
        struct error kernels, plain;
        if (!find_errors(&w, i, &kernels, &plain))
            continue;
        print_row(&source->made[i], &kernels, &plain);
        judge(&verdict, &source->made[i], &kernels, &plain);
    }
    print_verdict(&verdict);
    compare_whole(&w, loss);
    release(&w);
    return 0;
}
