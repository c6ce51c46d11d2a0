/* metrics.c: what is measured in evaluation beside the loss, as torchmetrics has it. Any thread notes what a sample
 * gives, or each place of it that has a class of its own; the main thread adds it up in the samples' order, so that no
 * number of threads changes a bit. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/cells.h"
#include "core.h"
#include "step/answers.h"
#include "step/metric_names.h"
#include "step/ranks.h"

enum metric_kind { RIGHT, MACRO, OF_CLASSES, CONFUSION, ABSOLUTE, SQUARED, ROOT };

/* Of one sample, or of one place. */
struct nc_outcome {
    int label, answer; /* of classes; label -1: the loss ignores it, and so does the metric */
    double value;      /* how many answers are right, or the sum of the outputs' errors */
    float confidence;  /* of a wrong answer that is gathered: its probability */
};

struct nc_metric {
    enum metric_kind kind;
    char name[NC_METRIC_NAME];
    int top;         /* classes: an answer counts among the first `top` */
    float threshold; /* a yes or no: yes above it, */
    int logits;      /* of what a sigmoid makes of the output */
    int gathers;     /* it makes run->answers of what it sees */
    int hidden;      /* and is there for that alone: it is printed nowhere */
    struct nc_outcome *outcome; /* [samples of a pass][places] */

    /* added up */
    double sum;
    long long count;   /* what `sum` is divided by */
    int classes;
    long long *counts; /* [classes][classes] times that a class was taken for another, or [3][classes]: places of the
                        * class, answers that name it, those that are right; NULL: neither */
};

enum { MOST_METRICS = 16 };
struct nc_metrics {
    struct nc_metric metric[MOST_METRICS + 1]; /* the last one for what is gathered */
    int count;
    int seen; /* an evaluation has been through */
};

/* ---- The train block's statements -------------------------------------------------------------------------------- */

static struct nc_metric *add(struct nc_run *run, enum metric_kind kind, const char *name)
{
    if (run->metrics == NULL)
        run->metrics = nc_memory(run, 1, sizeof *run->metrics, "the metrics");
    if (run->metrics->count == MOST_METRICS && name[0] != '\0')
        nc_fail(run, NULL, "there are more than %d metrics", MOST_METRICS);
    struct nc_metric *metric = &run->metrics->metric[run->metrics->count++];
    *metric = (struct nc_metric){.kind = kind, .top = 1, .threshold = 0.5f};
    snprintf(metric->name, sizeof metric->name, "%s", name);
    return metric;
}

void nc_accuracy(struct nc_run *run, const char *average, int top_k, double threshold, int logits)
{
    char name[NC_METRIC_NAME];
    if (run->model->classes && top_k == 1 && strcmp(average, "micro") == 0)
        return; /* the loss counts it */
    nc_accuracy_name(name, average, top_k, threshold);
    enum metric_kind kind = strcmp(average, "micro") == 0 ? RIGHT : strcmp(average, "macro") == 0 ? MACRO : OF_CLASSES;
    struct nc_metric *metric = add(run, kind, name);
    metric->top = top_k;
    metric->threshold = (float)threshold;
    metric->logits = logits;
}

void nc_confusion_matrix(struct nc_run *run, double threshold, int logits)
{
    struct nc_metric *metric = add(run, CONFUSION, "test_confusion");
    metric->threshold = (float)threshold;
    metric->logits = logits;
}

void nc_metrics_gather(struct nc_run *run, int matrix)
{
    struct nc_metric *gathers = NULL;
    for (int i = 0; run->metrics != NULL && i < run->metrics->count; i++)
        if (run->metrics->metric[i].kind == CONFUSION)
            gathers = &run->metrics->metric[i];
    if (gathers == NULL) {
        gathers = add(run, matrix ? CONFUSION : OF_CLASSES, "");
        gathers->logits = run->model->loss->output == NC_LOGIT;
        gathers->hidden = 1;
    }
    gathers->gathers = 1;
}

void nc_mean_absolute_error(struct nc_run *run)
{
    char name[NC_METRIC_NAME];
    nc_error_name(name, 0, 0);
    add(run, ABSOLUTE, name);
}

void nc_mean_squared_error(struct nc_run *run, int squared)
{
    char name[NC_METRIC_NAME];
    nc_error_name(name, 1, !squared);
    add(run, squared ? SQUARED : ROOT, name);
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static long long counts_of(const struct nc_metric *m)
{
    return m->kind == CONFUSION ? (long long)m->classes * m->classes
           : m->kind == MACRO || m->kind == OF_CLASSES ? 3LL * m->classes : 0;
}

void nc_metrics_prepare(struct nc_run *run, int samples)
{
    for (int i = 0; run->metrics != NULL && i < run->metrics->count; i++) {
        struct nc_metric *m = &run->metrics->metric[i];
        m->classes = run->model->classes ? nc_class_count(run->model) : 2;
        m->outcome = nc_memory(run, (long long)samples * nc_places(run->model), sizeof *m->outcome, "a metric");
        if (counts_of(m) > 0)
            m->counts = nc_memory(run, counts_of(m), sizeof *m->counts, "a metric");
    }
}

void nc_metrics_free(struct nc_run *run)
{
    for (int i = 0; run->metrics != NULL && i < run->metrics->count; i++) {
        free(run->metrics->metric[i].outcome);
        free(run->metrics->metric[i].counts);
    }
    free(run->metrics);
    run->metrics = NULL;
}

/* ---- One sample -------------------------------------------------------------------------------------------------- */

/* How many classes come before `label` among the outputs, largest first, the first of equals before the others. */
static int rank_of(const float *x, int label, int classes, int step)
{
    const float own = x[(long long)label * step];
    int rank = 0;
    for (int c = 0; c < classes; c++) {
        const float other = x[(long long)c * step];
        rank += !(other < own) && (other != own || c < label);
    }
    return rank;
}

static int yes(const struct nc_metric *m, float x)
{
    return (m->logits ? 1.0f / (1.0f + expf(-x)) : x) > m->threshold;
}

/* How sure the model was of the answer that it gave of a sample with outputs x. */
static float confidence_of(const struct nc_model *model, const float *x, int answer)
{
    const struct nc_softmax softmax = nc_softmax_of(model, x);
    const double yes = nc_probability(model, &softmax, (double)x[model->classes ? answer : 0]);
    return (float)(model->classes || answer ? yes : 1 - yes);
}

/* All places of sample `n` of the microbatch. */
static void look_at_places(struct nc_metric *m, const struct nc_model *model, const struct nc_microbatch *mb,
                           const float *x, int n)
{
    const int places = nc_places(model);
    const int *labels = mb->target;
    const float *shares = mb->target;
    struct nc_outcome *outcome = m->outcome + (long long)(mb->first + n) * places;
    for (int i = 0; i < places; i++) {
        struct nc_outcome *o = &outcome[i];
        nc_largest(x + i, m->classes, places, 1, &o->answer);
        if (mb->probabilities)
            nc_largest(shares + (long long)n * model->outputs + i, m->classes, places, 1, &o->label);
        else
            o->label = labels[(long long)n * places + i];
        if (!mb->probabilities && o->label == model->loss->ignore_index)
            o->label = -1;
        else
            o->value = m->top > 1 ? rank_of(x + i, o->label, m->classes, places) < m->top : o->answer == o->label;
    }
}

static struct nc_outcome look_at_numbers(const struct nc_metric *m, const float *x, const float *t, int outputs)
{
    struct nc_outcome outcome = {0};
    for (int c = 0; c < outputs; c++) {
        double apart = (double)x[c] - (double)t[c];
        if (m->kind == ABSOLUTE) {
            outcome.value += fabs(apart);
        } else if (m->kind == SQUARED || m->kind == ROOT) {
            outcome.value += apart * apart;
        } else {
            outcome.answer = yes(m, x[c]);
            outcome.label = t[c] >= 0.5f;
            outcome.value += outcome.answer == outcome.label;
        }
    }
    return outcome;
}

void nc_metrics_look(void *context, const struct nc_phase *phase, const struct nc_microbatch *mb)
{
    const struct nc_run *run = context;
    const struct nc_model *model = run->model;
    const float *targets = mb->target;
    int stride;
    if (!phase->loss)
        return;
    const float *x = nc_microbatch_outputs(run, mb, &stride);
    for (int n = 0; n < mb->count; n++, x += stride)
        for (int i = 0; i < run->metrics->count; i++) {
            struct nc_metric *m = &run->metrics->metric[i];
            struct nc_outcome *o = &m->outcome[(long long)(mb->first + n) * nc_places(model)];
            if (model->classes)
                look_at_places(m, model, mb, x, n);
            else
                *o = look_at_numbers(m, x, targets + (long long)n * model->outputs, model->outputs);
            if (m->gathers && o->label >= 0 && o->answer != o->label)
                o->confidence = confidence_of(model, x, o->answer);
        }
}

void nc_metrics_share(struct nc_run *run, const struct nc_pass *pass)
{
    for (int i = 0; run->metrics != NULL && i < run->metrics->count; i++) {
        struct nc_outcome *outcome = run->metrics->metric[i].outcome;
        nc_ranks_gather_samples(pass, outcome, nc_places(run->model) * (long long)sizeof *outcome);
    }
}

/* ---- All of them ------------------------------------------------------------------------------------------------- */

void nc_metrics_begin(struct nc_run *run)
{
    nc_answers_begin(run);
    for (int i = 0; run->metrics != NULL && i < run->metrics->count; i++) {
        struct nc_metric *m = &run->metrics->metric[i];
        m->sum = 0;
        m->count = 0;
        if (m->counts != NULL)
            memset(m->counts, 0, (size_t)counts_of(m) * sizeof *m->counts);
    }
}

void nc_metrics_add(struct nc_run *run, int count)
{
    const int each = run->model->classes ? 1 : run->model->outputs; /* a class, or so many answers or numbers */
    for (int i = 0; run->metrics != NULL && i < run->metrics->count; i++) {
        struct nc_metric *m = &run->metrics->metric[i];
        run->metrics->seen = 1;
        for (long long n = 0; n < (long long)count * nc_places(run->model); n++) {
            const struct nc_outcome *o = &m->outcome[n];
            if (o->label < 0)
                continue;
            m->sum += o->value;
            m->count += each;
            if (m->gathers && o->answer != o->label)
                nc_answers_take(run, (int)n, o->label, o->answer, o->confidence);
            if (m->kind == CONFUSION) {
                m->counts[(long long)o->label * m->classes + o->answer]++;
            } else if (m->counts != NULL) {
                m->counts[o->label]++;
                m->counts[m->classes + o->answer]++;
                m->counts[2 * m->classes + o->label] += o->label == o->answer;
            }
        }
    }
}

/* The mean of the classes' accuracies; one that neither a place has nor an answer names does not count. */
static double macro(const struct nc_metric *m)
{
    double sum = 0;
    int counted = 0;
    for (int c = 0; c < m->classes; c++) {
        const long long places = m->counts[c], answers = m->counts[m->classes + c];
        counted += places > 0 || answers > 0;
        sum += places > 0 ? (double)m->counts[2 * m->classes + c] / (double)places : 0;
    }
    return counted > 0 ? sum / counted : 0;
}

int nc_metrics_value(const struct nc_run *run, int index, const char **name, double *value)
{
    const struct nc_metrics *metrics = run->metrics;
    int scalars = 0;
    for (int i = 0; metrics != NULL && i < metrics->count; i++) {
        const struct nc_metric *m = &metrics->metric[i];
        if (m->kind == OF_CLASSES || m->kind == CONFUSION || scalars++ != index)
            continue;
        const double mean = m->count > 0 ? m->sum / (double)m->count : 0;
        *name = m->name;
        *value = m->kind == MACRO ? macro(m) : m->kind == ROOT ? sqrt(mean) : mean;
        return 1;
    }
    return 0;
}

void nc_metrics_line(const struct nc_run *run, char *line, size_t size)
{
    const char *name;
    double value;
    size_t length = 0;
    line[0] = '\0';
    for (int i = 0; length < size && nc_metrics_value(run, i, &name, &value); i++)
        length += (size_t)snprintf(line + length, size - length, strstr(name, "accuracy") != NULL ? "%s%s %.4f"
                                                                                                   : "%s%s %f",
                                   i > 0 ? "  " : "", name, value);
}

/* ---- The tables -------------------------------------------------------------------------------------------------- */

/* What counts the answers of each class; NULL: nothing does. */
static const struct nc_metric *gathering(const struct nc_run *run)
{
    for (int i = 0; run->metrics != NULL && i < run->metrics->count; i++)
        if (run->metrics->metric[i].gathers)
            return &run->metrics->metric[i];
    return NULL;
}

const long long *nc_metrics_matrix(const struct nc_run *run)
{
    const struct nc_metric *m = gathering(run);
    return m != NULL && m->kind == CONFUSION ? m->counts : NULL;
}

long long nc_metrics_of_class(const struct nc_run *run, int c, long long *right)
{
    const struct nc_metric *m = gathering(run);
    if (m->kind == OF_CLASSES) {
        *right = m->counts[2 * m->classes + c];
        return m->counts[c];
    }
    const long long *row = m->counts + (long long)c * m->classes;
    long long samples = 0;
    for (int i = 0; i < m->classes; i++)
        samples += row[i];
    *right = row[c];
    return samples;
}

static int widest_name(const struct nc_run *run, int classes)
{
    char number[16];
    int widest = 0;
    for (int c = 0; c < classes; c++) {
        int width = nc_text_cells(nc_answers_class(run, c, number));
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void print_classes(const struct nc_run *run, const struct nc_metric *m)
{
    char number[16];
    const int width = widest_name(run, m->classes);
    nc_print("accuracy of each class\n");
    for (int c = 0; c < m->classes; c++) {
        const long long places = m->counts[c], right = m->counts[2 * m->classes + c];
        const char *name = nc_answers_class(run, c, number);
        nc_print("  %-*s  ", nc_field(name, width), name);
        if (places > 0)
            nc_print("%.4f  %lld of %lld\n", (double)right / (double)places, right, places);
        else
            nc_print("-       no %s\n", nc_places(run->model) > 1 ? "places" : "samples");
    }
}

static void print_confusion(const struct nc_run *run, const struct nc_metric *m)
{
    char number[16];
    const int width = widest_name(run, m->classes);
    int column = width;
    for (long long i = 0; i < (long long)m->classes * m->classes; i++) {
        int digits = snprintf(number, sizeof number, "%lld", m->counts[i]);
        column = digits > column ? digits : column;
    }
    nc_print("confusion matrix: a row for each class, a column for each answer\n  %*s", width, "");
    for (int c = 0; c < m->classes; c++) {
        const char *name = nc_answers_class(run, c, number);
        nc_print("  %*s", nc_field(name, column), name);
    }
    for (int row = 0; row < m->classes; row++) {
        const char *name = nc_answers_class(run, row, number);
        nc_print("\n  %-*s", nc_field(name, width), name);
        for (int c = 0; c < m->classes; c++)
            nc_print("  %*lld", column, m->counts[(long long)row * m->classes + c]);
    }
    putchar('\n');
}

void nc_metrics_tables(const struct nc_run *run)
{
    for (int i = 0; run->metrics != NULL && run->metrics->seen && i < run->metrics->count; i++) {
        const struct nc_metric *m = &run->metrics->metric[i];
        if (m->hidden)
            continue;
        if (m->kind == OF_CLASSES)
            print_classes(run, m);
        else if (m->kind == CONFUSION)
            print_confusion(run, m);
    }
}

double nc_ratio(long long part, long long whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

double nc_epoch_metric(const struct nc_run *run, int metric, const struct nc_progress_state *at,
                       const struct nc_score *test)
{
    const char *name;
    double value = 0;
    switch (metric) {
    case NC_METRIC_NONE: return 0;
    case NC_METRIC_TEST_LOSS: return test->loss;
    case NC_METRIC_TEST_ACCURACY: return nc_ratio(test->correct, test->judged);
    case NC_METRIC_TRAIN_LOSS: return at->loss / (double)run->train.batches;
    case NC_METRIC_TRAIN_ACCURACY: return nc_ratio(at->correct, at->seen);
    default: nc_metrics_value(run, metric - NC_METRIC_COUNT, &name, &value); return value;
    }
}
