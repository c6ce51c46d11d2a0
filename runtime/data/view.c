/* Data sets made of others: torch.utils.data's random_split, Subset and ConcatDataset. A sample of theirs is one of
 * another set, with its transforms, its preparation and what is kept of it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"

/* A sample of a view. */
struct pick {
    int base, sample;
};

enum { SPLIT, SUBSET, CONCAT };

struct view {
    int kind;
    struct nc_data **bases;
    int base_count;
    struct pick *picks; /* [count] */
    const double *lengths; /* SPLIT: of all parts */
    int parts, part;
    unsigned long long seed;
    const long long (*runs)[3]; /* SUBSET: first, step, count */
    int run_count;
    long long *plan_at; /* [base_count] where each base's plan stands in one of ours */
    struct nc_preparation preparation;
};

static struct view *view_of(const struct nc_data *data)
{
    return data->view;
}

static struct nc_data *base_of(const struct nc_data *data, long long sample, long long *of_base)
{
    const struct view *v = view_of(data);
    *of_base = v->picks[sample].sample;
    return v->bases[v->picks[sample].base];
}

static const void *locate(struct nc_data *data, long long sample)
{
    long long of_base;
    struct nc_data *base = base_of(data, sample, &of_base);
    return nc_data_sample(base, of_base);
}

/* ---- Preparing, where a base has it ------------------------------------------------------------------------------ */

static void start(struct nc_data *data, int workers)
{
    const struct view *v = view_of(data);
    for (int i = 0; i < v->base_count; i++)
        if (v->bases[i]->preparation != NULL)
            v->bases[i]->preparation->start(v->bases[i], workers);
}

static int plan(struct nc_data *data, long long sample, struct nc_random *random, void *plans, struct nc_why *why)
{
    const struct view *v = view_of(data);
    long long of_base;
    struct nc_data *base = base_of(data, sample, &of_base);
    return base->preparation == NULL
           || base->preparation->plan(base, of_base, random, (char *)plans + v->plan_at[v->picks[sample].base], why);
}

static void end_plan(struct nc_data *data, void *plans)
{
    const struct view *v = view_of(data);
    for (int i = 0; i < v->base_count; i++)
        if (v->bases[i]->preparation != NULL)
            v->bases[i]->preparation->end_plan(v->bases[i], (char *)plans + v->plan_at[i]);
}

static void extent(const struct nc_data *data, long long sample, int *width, int *height)
{
    long long of_base;
    const struct nc_data *base = base_of(data, sample, &of_base);
    *height = (int)base->shape[1];
    *width = (int)base->shape[2];
    if (base->preparation != NULL && base->preparation->extent != NULL)
        base->preparation->extent(base, of_base, width, height);
}

static int make(struct nc_data *data, long long sample, const void *plans, int worker, void *slot, char *why,
                size_t capacity)
{
    const struct view *v = view_of(data);
    long long of_base;
    struct nc_data *base = base_of(data, sample, &of_base);
    if (base->preparation != NULL)
        return base->preparation->make(base, of_base, (const char *)plans + v->plan_at[v->picks[sample].base], worker,
                                       slot, why, capacity);
    memcpy(slot, nc_data_sample(base, of_base), (size_t)v->preparation.bytes);
    return 1;
}

static long long sample_bytes(const struct nc_data *base)
{
    return base->preparation != NULL ? base->preparation->bytes : base->sample_bytes;
}

static void prepare_bases(struct nc_data *data)
{
    struct view *v = view_of(data);
    struct nc_preparation *p = &v->preparation;
    v->plan_at = nc_memory(data->run, v->base_count, sizeof *v->plan_at, "a data set");
    *p = (struct nc_preparation){.start = start, .plan = plan, .end_plan = end_plan, .make = make};
    for (int i = 0; i < v->base_count; i++) {
        const struct nc_preparation *of_base = v->bases[i]->preparation;
        p->bytes = sample_bytes(v->bases[i]);
        v->plan_at[i] = p->plan_bytes;
        if (of_base == NULL)
            continue;
        p->random |= of_base->random;
        p->plan_bytes += (of_base->plan_bytes + 15) / 16 * 16;
        p->extent = of_base->extent != NULL ? extent : p->extent;
        data->preparation = p;
    }
}

/* ---- Classes and targets ----------------------------------------------------------------------------------------- */

/* The number of a class in our list of names, to which it is added when it isn't there. */
static int class_number(struct nc_data *data, const char **names, const char *name)
{
    for (int i = 0; i < data->classes; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    names[data->classes] = name;
    return data->classes++;
}

/* Several sets put their classes together by name: a folder of ants and a folder of bees make a set of two classes. */
static void take_classes(struct nc_data *data, int *const *number)
{
    const struct view *v = view_of(data);
    long long most = 0;
    for (int b = 0; b < v->base_count; b++)
        most += v->bases[b]->classes;
    const char **names = nc_memory(data->run, most + 1, sizeof *names, "the classes");
    for (int b = 0; b < v->base_count; b++) {
        const struct nc_data *base = v->bases[b];
        for (int c = 0; c < base->classes; c++)
            number[b][c] = base->class_names != NULL ? class_number(data, names, base->class_names[c]) : c;
        if (base->class_names == NULL && base->classes > data->classes)
            data->classes = base->classes;
    }
    if (v->bases[0]->class_names != NULL)
        data->class_names = names;
    else
        free(names);
}

static void label_place(const struct nc_data *data, long long sample, char *text, size_t capacity)
{
    long long of_base;
    const struct nc_data *base = base_of(data, sample, &of_base);
    snprintf(text, capacity, "sample %lld of %s", of_base, base->name);
    if (base->label_place != NULL)
        base->label_place(base, of_base, text, capacity);
}

static void take_labels(struct nc_data *data)
{
    struct view *v = view_of(data);
    int **number = nc_memory(data->run, v->base_count, sizeof *number, "the classes");
    const long long places = v->bases[0]->places > 0 ? v->bases[0]->places : 1;
    int *labels = nc_memory(data->run, data->count * places, sizeof *labels, "the labels");
    data->places = v->bases[0]->places;
    data->own_numbers = 1;
    data->label_place = label_place;
    for (int b = 0; b < v->base_count; b++) {
        number[b] = nc_memory(data->run, v->bases[b]->classes, sizeof **number, "the classes");
        data->own_numbers &= v->bases[b]->own_numbers;
    }
    take_classes(data, number);
    for (long long i = 0; i < data->count * places; i++) {
        const struct pick *pick = &v->picks[i / places];
        const int label = v->bases[pick->base]->labels[pick->sample * places + i % places];
        labels[i] = label >= 0 && label < v->bases[pick->base]->classes ? number[pick->base][label] : label;
    }
    for (int b = 0; b < v->base_count; b++)
        free(number[b]);
    free(number);
    data->labels = labels;
}

static void take_targets(struct nc_data *data)
{
    const struct view *v = view_of(data);
    int floats = data->target_floats = v->bases[0]->target_floats;
    data->target = v->base_count == 1 ? v->bases[0]->target : NULL;
    data->target_rank = v->bases[0]->target_rank;
    memcpy(data->target_shape, v->bases[0]->target_shape, sizeof data->target_shape);
    float *targets = nc_memory(data->run, data->count, floats * (long long)sizeof *targets, "the targets");
    for (long long i = 0; i < data->count; i++)
        memcpy(targets + i * floats,
               v->bases[v->picks[i].base]->targets + (long long)v->picks[i].sample * floats,
               (size_t)floats * sizeof *targets);
    data->targets = targets;
}

/* ---- Picking ----------------------------------------------------------------------------------------------------- */

static void set_count(struct nc_data *data, long long count)
{
    struct view *v = view_of(data);
    if (count < 1)
        nc_fail(data->run, NULL, "%s has no samples", data->name);
    data->count = count;
    v->picks = nc_memory(data->run, count, sizeof *v->picks, "the samples of a part");
}

/* torch.utils.data.random_split: fractions are rounded down, and the samples that are left over go round the parts. */
static void part_bounds(const struct nc_data *data, long long whole, long long *first, long long *count)
{
    const struct view *v = view_of(data);
    long long *length = nc_memory(data->run, v->parts, sizeof *length, "a part"), sum = 0, parts_sum = 0;
    double total = 0;
    for (int i = 0; i < v->parts; i++)
        total += v->lengths[i];
    int fractions = fabs(total - 1) <= 1e-9 && total <= 1; /* math.isclose */
    for (int i = 0; i < v->parts; i++) {
        length[i] = (long long)floor(fractions ? (double)whole * v->lengths[i] : v->lengths[i]);
        sum += length[i];
    }
    for (long long i = 0; fractions && i < whole - sum; i++)
        length[i % v->parts]++;
    *first = 0;
    for (int i = 0; i < v->parts; i++) {
        *first += i < v->part ? length[i] : 0;
        parts_sum += length[i];
    }
    if (parts_sum != whole)
        nc_fail(data->run, NULL, "%s: the lengths of random_split add up to %lld, but %s has %lld samples", data->name,
                parts_sum, v->bases[0]->name, whole);
    *count = length[v->part];
    free(length);
}

static void pick_split(struct nc_data *data)
{
    struct view *v = view_of(data);
    long long whole = v->bases[0]->count, first, count;
    struct nc_random random;
    int *order = nc_memory(data->run, whole, sizeof *order, "the order of a split");
    part_bounds(data, whole, &first, &count);
    nc_random_seed(&random, v->seed);
    nc_randperm(&random, whole, order);
    set_count(data, count);
    for (long long i = 0; i < count; i++)
        v->picks[i].sample = order[first + i];
    free(order);
}

static void pick_subset(struct nc_data *data)
{
    struct view *v = view_of(data);
    long long count = 0, at = 0;
    for (int r = 0; r < v->run_count; r++)
        count += v->runs[r][2];
    set_count(data, count);
    for (int r = 0; r < v->run_count; r++)
        for (long long i = 0; i < v->runs[r][2]; i++) {
            long long sample = v->runs[r][0] + i * v->runs[r][1];
            if (sample < 0 || sample >= v->bases[0]->count)
                nc_fail(data->run, NULL, "%s: there is no sample %lld in %s, which has %lld", data->name, sample,
                        v->bases[0]->name, v->bases[0]->count);
            v->picks[at++].sample = (int)sample;
        }
}

static void pick_all(struct nc_data *data)
{
    struct view *v = view_of(data);
    long long count = 0, at = 0;
    for (int b = 0; b < v->base_count; b++)
        count += v->bases[b]->count;
    if (count > 0x7fffffff)
        nc_fail(data->run, NULL, "%s has too many samples: %lld", data->name, count);
    set_count(data, count);
    for (int b = 0; b < v->base_count; b++)
        for (int i = 0; i < v->bases[b]->count; i++)
            v->picks[at++] = (struct pick){b, i};
}

/* ---- What is the bases' ------------------------------------------------------------------------------------------ */

/* One table of pixels serves all samples, and one kind of targets. */
static void check_alike(const struct nc_data *data, const struct nc_data *a, const struct nc_data *b)
{
    int same = a->rank == b->rank && a->element == b->element && sample_bytes(a) == sample_bytes(b);
    for (int i = 0; same && i < a->rank; i++)
        same = a->shape[i] == b->shape[i];
    if (!same)
        nc_fail(data->run, NULL, "%s: samples of %s and of %s are not of one shape", data->name, a->name, b->name);
    if (a->element == NC_BYTE && a->rank > 0
        && memcmp(a->pixel, b->pixel, (size_t)a->shape[0] * sizeof a->pixel[0]) != 0)
        nc_fail(data->run, "write the transforms behind ConcatDataset", "%s: %s and %s have other numbers in Normalize",
                data->name, a->name, b->name);
    if ((a->labels != NULL) != (b->labels != NULL) || a->target_floats != b->target_floats || a->places != b->places
        || (a->class_names != NULL) != (b->class_names != NULL))
        nc_fail(data->run, NULL, "%s: %s and %s have other kinds of targets", data->name, a->name, b->name);
}

/* What the bases have once their samples are there. */
static void take_over(struct nc_data *data)
{
    struct view *v = view_of(data);
    const struct nc_data *first = v->bases[0];
    data->rank = first->rank;
    memcpy(data->shape, first->shape, sizeof data->shape);
    memcpy(data->pixel, first->pixel, sizeof data->pixel);
    data->element = first->element;
    data->sample_bytes = first->sample_bytes;
    data->locate = locate;
    prepare_bases(data);
}

/* ---- Learning from a part ---------------------------------------------------------------------------------------- */

/* Of a table the numbers of Standardize() and the like come from the samples of the part alone. */
static unsigned char *learn(struct nc_data *data, const int *samples, long long count, long long *bytes)
{
    const struct view *v = view_of(data);
    struct nc_data *base = v->bases[0];
    int *of_base = nc_memory(data->run, count, sizeof *of_base, "the samples of a part");
    for (long long i = 0; i < count; i++)
        of_base[i] = v->picks[samples != NULL ? samples[i] : i].sample;
    unsigned char *record = base->fitting->learn(base, of_base, count, bytes);
    free(of_base);
    return record;
}

static void apply(struct nc_data *data, const unsigned char *record, long long bytes, const char *whose)
{
    struct nc_data *base = view_of(data)->bases[0];
    if (base->parts == NULL && base->locate == NULL) /* not for another part of it yet, which has learned the same */
        base->fitting->apply(base, record, bytes, whose);
    take_over(data);
}

static const struct nc_fitting fitting = {learn, apply};

/* ---- Loading ----------------------------------------------------------------------------------------------------- */

static void load(struct nc_data *data)
{
    static void (*const pick[])(struct nc_data *data) = {
        [SPLIT] = pick_split, [SUBSET] = pick_subset, [CONCAT] = pick_all};
    struct view *v = view_of(data);
    int fits = 0;
    for (int b = 0; b < v->base_count; b++) {
        if (v->bases[b]->count == 0) /* another view may have read it */
            v->bases[b]->load(v->bases[b]);
        fits += v->bases[b]->fitting != NULL;
        data->needs_fit |= v->bases[b]->needs_fit;
    }
    if (fits > 0 && v->base_count > 1)
        nc_fail(data->run, "put their rows into one file", "%s: tables can't be put together yet", data->name);
    for (int b = 1; b < v->base_count; b++)
        check_alike(data, v->bases[0], v->bases[b]);
    pick[v->kind](data);
    data->kind = v->bases[0]->kind;
    if (v->bases[0]->labels != NULL)
        take_labels(data);
    else
        take_targets(data);
    for (int b = 0; b < v->base_count; b++) /* a remark is told once, and not for each part */
        nc_data_take_remark(data, v->bases[b]);
    if (fits == 0) {
        take_over(data);
        return;
    }
    data->fitting = &fitting;
    data->rank = v->bases[0]->rank;
    memcpy(data->shape, v->bases[0]->shape, sizeof data->shape);
}

static struct view *new_view(struct nc_run *run, const char *name, int kind, struct nc_data *const *bases, int count,
                             struct nc_data **data)
{
    struct view *v = nc_memory(run, 1, sizeof *v, "a data set");
    v->kind = kind;
    v->bases = nc_memory(run, count, sizeof *v->bases, "a data set");
    memcpy(v->bases, bases, (size_t)count * sizeof *bases);
    v->base_count = count;
    *data = nc_data_new(run, name, "", NULL, 0, load);
    (*data)->view = v;
    (*data)->first = bases[0];
    return v;
}

struct nc_data *nc_random_split(struct nc_run *run, const char *name, struct nc_data *of, const double *lengths,
                                int parts, int part, unsigned long long seed)
{
    struct nc_data *data;
    struct view *v = new_view(run, name, SPLIT, &of, 1, &data);
    double *kept = nc_memory(run, parts, sizeof *kept, "a data set"); /* the caller's are gone when they are used */
    memcpy(kept, lengths, (size_t)parts * sizeof *kept);
    v->lengths = kept;
    v->parts = parts;
    v->part = part;
    v->seed = seed;
    return data;
}

struct nc_data *nc_subset(struct nc_run *run, const char *name, struct nc_data *of, const long long (*runs)[3],
                          int count)
{
    struct nc_data *data;
    struct view *v = new_view(run, name, SUBSET, &of, 1, &data);
    long long (*kept)[3] = nc_memory(run, count, sizeof *kept, "a data set");
    memcpy(kept, runs, (size_t)count * sizeof *kept);
    v->runs = (const long long (*)[3])kept;
    v->run_count = count;
    return data;
}

struct nc_data *nc_concat(struct nc_run *run, const char *name, struct nc_data *const *of, int count)
{
    struct nc_data *data;
    new_view(run, name, CONCAT, of, count, &data);
    return data;
}
