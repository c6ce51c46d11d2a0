/* Learning from the training part of a table, and making samples with what was learned. */
#include "table.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"

/* ---- Different numbers ------------------------------------------------------------------------------------------- */

static int compare_reals(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The numbers among `value` that `samples` names (NULL: the first `count`), without NANs. */
static double *take_numbers(const struct nc_run *run, const double *value, const int *samples, long long count,
                            long long *found)
{
    double *numbers = nc_memory(run, count + 1, sizeof *numbers, "a column");
    *found = 0;
    for (long long i = 0; i < count; i++) {
        double x = value[samples ? samples[i] : i];
        if (!isnan(x))
            numbers[(*found)++] = x;
    }
    return numbers;
}

/* Puts the number that is in place `k` when they are sorted there, smaller ones before it (Hoare 1961). */
static double select_number(double *x, long long count, long long k)
{
    enum { ROUNDS = 100 }; /* many more than are likely: then they are sorted */
    long long low = 0, high = count - 1;
    for (int round = 0; low < high; round++) {
        long long i = low, j = high;
        double pivot = x[low + (high - low) / 2];
        if (round == ROUNDS) {
            qsort(x + low, (size_t)(high - low + 1), sizeof *x, compare_reals);
            break;
        }
        while (i <= j) {
            while (x[i] < pivot)
                i++;
            while (x[j] > pivot)
                j--;
            if (i <= j) {
                double kept = x[i];
                x[i++] = x[j];
                x[j--] = kept;
            }
        }
        if (k <= j)
            high = j;
        else if (k >= i)
            low = i;
        else
            break;
    }
    return x[k];
}

/* numpy.median; changes the order. */
static double median(double *x, long long count)
{
    double upper = select_number(x, count, count / 2), lower = upper;
    if (count % 2)
        return upper;
    lower = x[0];
    for (long long i = 1; i < count / 2; i++)
        lower = x[i] > lower ? x[i] : lower;
    return (lower + upper) / 2;
}

int nc_table_numbers(const struct nc_run *run, const double *value, long long count, double **different, int *place)
{
    long long found;
    int kept = 0;
    double *sorted = take_numbers(run, value, NULL, count, &found);
    qsort(sorted, (size_t)found, sizeof *sorted, compare_reals);
    for (long long i = 0; i < found; i++)
        if (kept == 0 || sorted[kept - 1] != sorted[i])
            sorted[kept++] = sorted[i];
    for (long long i = 0; i < count; i++) {
        const double *at = isnan(value[i]) ? NULL
                                           : bsearch(&value[i], sorted, (size_t)kept, sizeof *sorted, compare_reals);
        place[i] = at ? (int)(at - sorted) : -1;
    }
    *different = sorted;
    return kept;
}

char *nc_table_name(const struct nc_run *run, double value)
{
    char *name = nc_memory(run, 32, 1, "a name");
    snprintf(name, 32, "%.15g", value == 0 ? 0.0 : value);
    return name;
}

/* ---- Labels ------------------------------------------------------------------------------------------------------ */

/* Whether a target's shape is that of the model's output from axis `from` on. */
static int has_shape(const struct nc_model *m, int from, int rank, const long long *shape)
{
    return rank == m->output_rank - from && memcmp(shape, m->output_shape + from, (size_t)rank * sizeof *shape) == 0;
}

_Noreturn static void fail_target(const struct nc_data *data, int rank, const long long *shape, long long numbers)
{
    const struct nc_model *m = data->run->model;
    const char *other = m->loss->labels_only ? "" : ", or as many probabilities as there are outputs";
    char have[128], want[128];
    if (m->output_rank < 2)
        nc_fail(data->run, "MSELoss() is a loss for several numbers",
                "%s: a target is %lld numbers, but the loss of %s wants one, the class%s", data->name, numbers, m->name,
                other);
    nc_shape_text(have, sizeof have, rank, shape);
    nc_shape_text(want, sizeof want, m->output_rank - 1, m->output_shape + 1);
    nc_fail(data->run, rank == m->output_rank && shape[0] == 1 ? "y.squeeze(1) takes out the axis of 1" : NULL,
            "%s: a target is (%s), but the loss of %s wants a class for each place of the output, (%s)%s", data->name,
            have, m->name, want, other);
}

int nc_table_has_labels(const struct nc_data *data, int rank, const long long *shape)
{
    const struct nc_model *m = data->run->model;
    long long numbers = 1;
    for (int i = 0; i < rank; i++)
        numbers *= shape[i];
    if (!m->classes || (m->output_rank < 2 ? numbers == 1 : has_shape(m, 1, rank, shape)))
        return m->classes;
    if (m->loss->labels_only || (m->output_rank < 2 ? numbers != m->outputs : !has_shape(m, 0, rank, shape)))
        fail_target(data, rank, shape, numbers);
    if (m->loss->ignore_index >= 0)
        nc_fail(data->run, "leave it out",
                "%s: its targets are probabilities of the classes, so that ignore_index=%lld names none of them",
                data->name, m->loss->ignore_index);
    return 0;
}

/* The label at place `at` of all, in words. */
static void place_of_label(const struct nc_data *data, long long at, char *text, size_t capacity)
{
    const struct nc_table *table = data->own;
    const struct nc_model *m = data->run->model;
    const int places = nc_places(m), columns = (int)m->output_shape[m->output_rank > 0 ? m->output_rank - 1 : 0];
    table->place(data, at / places, -1, text, capacity);
    const int place = (int)(at % places);
    const size_t length = strlen(text);
    if (m->output_rank == 3)
        snprintf(text + length, capacity - length, ", row %d, column %d", place / columns, place % columns);
    else if (m->output_rank == 2)
        snprintf(text + length, capacity - length, ", place %d", place);
}

_Noreturn static void fail_label(const struct nc_data *data, long long at, double value, int whole)
{
    const struct nc_model *m = data->run->model;
    char text[512];
    place_of_label(data, at, text, sizeof text);
    if (!whole)
        nc_fail(data->run, "MSELoss() is a loss for numbers",
                "%s: %s: the class %.15g is neither a word nor a whole number, as the loss of %s wants", data->name,
                text, value, m->name);
    nc_fail(data->run, "ignore_index of the loss is a number that stands for no class",
            "%s: %s: the class %.15g is not among the %d of %s, from 0 to %d", data->name, text, value,
            nc_class_count(m), m->name, nc_class_count(m) - 1);
}

void nc_table_labels(struct nc_data *data, const double *value, long long rows)
{
    struct nc_table *table = data->own;
    const struct nc_model *m = data->run->model;
    const int classes = nc_class_count(m);
    const long long ignored = m->loss->ignore_index, count = rows * nc_places(m);
    int *labels = nc_memory(data->run, count, sizeof *labels, "the labels"), plain = 1;
    data->places = m->output_rank > 1 ? nc_places(m) : 0;
    for (long long i = 0; i < count; i++) {
        int whole = value[i] == floor(value[i]) && fabs(value[i]) < 1e15;
        int fits = whole && ((value[i] >= 0 && value[i] < classes) ||
                             (ignored == (int)ignored && value[i] == (double)ignored));
        if (!whole || (!fits && data->places > 0))
            fail_label(data, i, value[i], whole);
        plain &= fits;
    }
    data->labels = labels;
    if (plain) {
        for (long long i = 0; i < count; i++)
            labels[i] = (int)value[i];
        data->classes = classes;
        return;
    }
    double *different;
    data->classes = nc_table_numbers(data->run, value, rows, &different, labels);
    table->class_names = nc_memory(data->run, data->classes, sizeof *table->class_names, "class names");
    for (int i = 0; i < data->classes; i++)
        table->class_names[i] = nc_table_name(data->run, different[i]);
    data->class_names = (const char *const *)table->class_names;
    free(different);
}

/* ---- Learning ---------------------------------------------------------------------------------------------------- */

/* The samples that are learned from: all of a data set, or some of it. */
struct part {
    const struct nc_data *data;
    const int *samples; /* NULL: the first `count` */
    long long count;
};

/* What stands for missing numbers: numpy.mean's and numpy.median's of those that are there. */
static double find_fill(const struct part *part, const struct nc_table_column *column)
{
    const struct nc_table *table = part->data->own;
    long long found;
    if (column->categories || (table->missing != NC_MISSING_MEAN && table->missing != NC_MISSING_MEDIAN))
        return 0;
    double *numbers = take_numbers(part->data->run, column->value, part->samples, part->count, &found), fill = 0;
    if (found == 0)
        nc_fail(part->data->run, "leave it out: columns= names those to take",
                "%s: column %s has no number in the training part", part->data->name, column->name);
    if (table->missing == NC_MISSING_MEDIAN) {
        fill = median(numbers, found);
    } else {
        for (long long i = 0; i < found; i++)
            fill += numbers[i];
        fill /= (double)found;
    }
    free(numbers);
    return fill;
}

/* A column's number in sample `i` behind the steps before `steps`. */
static double number_at(const struct nc_table_column *column, const struct nc_fit *fit, int place, int steps,
                        long long row)
{
    double x = isnan(column->value[row]) ? fit->columns[place].fill : column->value[row];
    for (int s = 0; s < steps; s++) {
        const struct nc_fit_step *step = &fit->steps[s];
        x = step->kind == NC_STANDARDIZE ? (x - step->offset[place]) / step->scale[place]
                                         : x * step->scale[place] + step->offset[place];
    }
    return x;
}

/* scikit-learn's StandardScaler: the mean, and the square root of the population's variance, its sum corrected by the
 * mean's rounding (Chan, Golub, LeVeque 1983); a column that does not vary is divided by 1. */
static void learn_standardize(const struct part *part, const struct nc_table_column *column, const struct nc_fit *fit,
                              int place, int s)
{
    double sum = 0, squares = 0, rest = 0, n = (double)part->count;
    for (long long i = 0; i < part->count; i++)
        sum += number_at(column, fit, place, s, part->samples ? part->samples[i] : i);
    double mean = sum / n;
    for (long long i = 0; i < part->count; i++) {
        double away = number_at(column, fit, place, s, part->samples ? part->samples[i] : i) - mean;
        rest += away;
        squares += away * away;
    }
    double variance = (squares - rest * rest / n) / n, error = n * mean * 2.220446049250313e-16;
    int constant = !(variance > n * 2.220446049250313e-16 * variance + error * error);
    fit->steps[s].offset[place] = mean;
    fit->steps[s].scale[place] = constant ? 1 : sqrt(variance);
}

/* scikit-learn's MinMaxScaler: a column that does not vary keeps its distances. */
static void learn_min_max(const struct part *part, const struct nc_table_column *column, const struct nc_fit *fit,
                          int place, int s, const struct nc_table_step *given)
{
    double least = INFINITY, most = -INFINITY;
    for (long long i = 0; i < part->count; i++) {
        double x = number_at(column, fit, place, s, part->samples ? part->samples[i] : i);
        least = x < least ? x : least;
        most = x > most ? x : most;
    }
    double range = most - least;
    fit->steps[s].scale[place] = (given->high - given->low) / (range < 10 * 2.220446049250313e-16 ? 1 : range);
    fit->steps[s].offset[place] = given->low - least * fit->steps[s].scale[place];
}

static void learn_step(const struct part *part, struct nc_fit *fit, int s)
{
    const struct nc_table *table = part->data->own;
    struct nc_fit_step *step = &fit->steps[s];
    step->kind = table->steps[s].kind;
    step->offset = nc_memory(part->data->run, table->column_count + 1, sizeof(double), "a step");
    step->scale = nc_memory(part->data->run, table->column_count + 1, sizeof(double), "a step");
    for (int i = 0; i < table->column_count; i++) {
        const struct nc_table_column *column = &table->columns[i];
        if (column->categories)
            step->scale[i] = 1;
        else if (step->kind == NC_STANDARDIZE)
            learn_standardize(part, column, fit, i, s);
        else
            learn_min_max(part, column, fit, i, s, &table->steps[s]);
        if (!isfinite(step->offset[i]) || !isfinite(step->scale[i]))
            nc_fail(part->data->run, "leave it out: columns= names those to take",
                    "%s: the numbers of column %s are too large for %s()", part->data->name, column->name,
                    step->kind == NC_STANDARDIZE ? "Standardize" : "MinMax");
    }
}

static unsigned char *learn(struct nc_data *data, const int *samples, long long count, long long *bytes)
{
    const struct nc_table *table = data->own;
    const struct part part = {data, samples, count};
    struct nc_fit fit = {.column_count = table->column_count, .classes = table->class_names ? data->classes : 0,
                         .class_names = table->class_names, .step_count = table->step_count,
                         .file_columns = table->file_columns};
    fit.columns = nc_memory(data->run, table->column_count + 1, sizeof *fit.columns, "columns");
    for (int i = 0; i < table->column_count; i++) {
        const struct nc_table_column *column = &table->columns[i];
        fit.columns[i] = (struct nc_fit_column){(char *)column->name, column->categories, column->category,
                                                find_fill(&part, column)};
    }
    fit.steps = nc_memory(data->run, table->step_count + 1, sizeof *fit.steps, "steps");
    for (int s = 0; s < table->step_count; s++)
        learn_step(&part, &fit, s);
    unsigned char *record = nc_fit_pack(data->run, &fit, bytes);
    for (int s = 0; s < table->step_count; s++) {
        free(fit.steps[s].offset);
        free(fit.steps[s].scale);
    }
    free(fit.columns); /* the names are the table's */
    free(fit.steps);
    return record;
}

/* ---- Elements ---------------------------------------------------------------------------------------------------- */

int nc_table_store(const struct nc_data *data, void *samples, long long at, double value)
{
    const int tokens = data->run->model->tokens;
    int fits = tokens ? value >= 0 && value < tokens && value == floor(value) : isfinite((float)value);
    const float number = (float)value;
    const int token = fits && tokens ? (int)value : 0;
    if (fits)
        memcpy((char *)samples + at * 4, tokens ? (const void *)&token : &number, 4);
    return fits;
}

const char *nc_table_unfit(const struct nc_data *data)
{
    const int tokens = data->run->model->tokens;
    if (!tokens)
        return "too large for a float";
    char *text = nc_memory(data->run, 128, 1, "a message");
    snprintf(text, 128, "no token: those of %.40s are whole numbers from 0 to %d", data->run->model->name, tokens - 1);
    return text;
}

int nc_table_element(const struct nc_data *data)
{
    return data->run->model->tokens ? NC_INT : NC_FLOAT;
}

/* ---- Samples ----------------------------------------------------------------------------------------------------- */

/* For each of the `count` names its place among `known`, or -1. */
static int *match_names(const struct nc_run *run, char *const *names, int count, char *const *known, int known_count)
{
    int *place = nc_memory(run, count + 1, sizeof *place, "names");
    for (int i = 0; i < count; i++) {
        place[i] = -1;
        for (int k = 0; k < known_count && place[i] < 0; k++)
            if (strcmp(names[i], known[k]) == 0)
                place[i] = k;
    }
    return place;
}

static void check_columns(const struct nc_data *data, const struct nc_fit *fit, const char *whose)
{
    const struct nc_table *table = data->own;
    if (table->column_count != fit->column_count)
        nc_fail(data->run, NULL, "%s: samples are made of %d columns, but of %d in %s", data->name, table->column_count,
                fit->column_count, whose);
    for (int i = 0; i < fit->column_count; i++) {
        const struct nc_table_column *column = &table->columns[i];
        if (strcmp(column->name, fit->columns[i].name) != 0)
            nc_fail(data->run, "columns= names the columns to take, in their order",
                    "%s: column %d of a sample is %s, but in %s it is %s", data->name, i, column->name, whose,
                    fit->columns[i].name);
        if (!column->categories != !fit->columns[i].categories)
            nc_fail(data->run, "categorical= names the columns that are to be categories",
                    "%s: column %s is made of %s, but in %s of %s", data->name, column->name,
                    column->categories ? "categories" : "numbers", whose,
                    column->categories ? "numbers" : "categories");
    }
    int same = fit->step_count == table->step_count;
    for (int s = 0; same && s < fit->step_count; s++)
        same = fit->steps[s].kind == table->steps[s].kind;
    if (!same)
        nc_fail(data->run, "write the same of Standardize() and MinMax() behind both",
                "%s: its transforms are not those of %s", data->name, whose);
}

/* Fills in `width` floats of each sample, behind the first `at`. */
static void make_categories(struct nc_data *data, float *samples, const struct nc_fit *fit, int place, long long at,
                            const char *whose)
{
    const struct nc_table *table = data->own;
    const struct nc_table_column *column = &table->columns[place];
    const long long floats = data->shape[0];
    char text[512];
    int *known = match_names(data->run, column->category, column->categories, fit->columns[place].category,
                             fit->columns[place].categories);
    for (long long row = 0; row < data->count; row++) {
        int category = (int)column->value[row];
        if (category >= 0 && known[category] < 0) {
            table->place(data, row, place, text, sizeof text);
            nc_fail(data->run, "give the training data a row that has it, or leave the column out",
                    "%s: %s: '%s' is none of the %d categories that column %s has in %s", data->name, text,
                    column->category[category], fit->columns[place].categories, column->name, whose);
        }
        if (category >= 0)
            samples[row * floats + at + known[category]] = 1;
    }
    free(known);
}

static void make_numbers(struct nc_data *data, void *samples, const struct nc_fit *fit, int place, long long at)
{
    const struct nc_table *table = data->own;
    char text[512];
    for (long long row = 0; row < data->count; row++) {
        double x = number_at(&table->columns[place], fit, place, fit->step_count, row);
        if (!nc_table_store(data, samples, row * data->shape[0] + at, x)) {
            table->place(data, row, place, text, sizeof text);
            nc_fail(data->run, NULL, "%s: %s: %.15g in column %s is %s", data->name, text, x,
                    table->columns[place].name, nc_table_unfit(data));
        }
    }
}

static long long count_floats(const struct nc_fit *fit)
{
    long long floats = 0;
    for (int i = 0; i < fit->column_count; i++)
        floats += fit->columns[i].categories ? fit->columns[i].categories : 1;
    return floats;
}

/* "8 columns of numbers, ocean_proximity one of 5 categories ('<1H OCEAN', ...)" */
static void describe_columns(const struct nc_fit *fit, char *text, size_t capacity)
{
    int numbers = 0;
    size_t length;
    for (int i = 0; i < fit->column_count; i++)
        numbers += fit->columns[i].categories == 0;
    length = (size_t)snprintf(text, capacity, "%d column%s of numbers", numbers, numbers == 1 ? "" : "s");
    for (int i = 0; i < fit->column_count && length < capacity; i++)
        if (fit->columns[i].categories)
            length += (size_t)snprintf(text + length, capacity - length, ", %.60s one of %d categories ('%.30s', ...)",
                                       fit->columns[i].name, fit->columns[i].categories, fit->columns[i].category[0]);
}

static void apply(struct nc_data *data, const unsigned char *record, long long bytes, const char *whose)
{
    struct nc_table *table = data->own;
    const struct nc_model *model = data->run->model;
    struct nc_fit fit;
    char columns[600];
    nc_fit_unpack(data->run, &fit, record, bytes, whose);
    check_columns(data, &fit, whose);
    data->shape[0] = count_floats(&fit);
    describe_columns(&fit, columns, sizeof columns);
    if (model->input_rank != 1 || model->input_shape[0] != data->shape[0])
        nc_fail(data->run, "categories take one float each; columns= and categorical= say what becomes what",
                "%s: a sample is %lld floats (%s), which is not the input of %s", data->name, data->shape[0], columns,
                model->name);
    nc_data_remark(data, columns);
    void *samples = nc_memory(data->run, data->count * data->shape[0], sizeof(float), "the samples");
    const unsigned char **parts = nc_memory(data->run, 1, sizeof *parts, "the samples");
    long long at = 0;
    for (int i = 0; i < fit.column_count; i++) {
        if (fit.columns[i].categories)
            make_categories(data, samples, &fit, i, at, whose);
        else
            make_numbers(data, samples, &fit, i, at);
        at += fit.columns[i].categories ? fit.columns[i].categories : 1;
    }
    parts[0] = samples;
    data->parts = parts;
    data->part_samples = data->count;
    data->sample_bytes = data->shape[0] * (long long)sizeof(float);
    for (int i = 0; i < table->column_count; i++) {
        free(table->columns[i].value);
        table->columns[i].value = NULL;
    }
    nc_fit_free(&fit);
}

static const struct nc_fitting FITTING = {learn, apply};

static void label_place(const struct nc_data *data, long long sample, char *text, size_t capacity)
{
    const struct nc_table *table = data->own;
    table->place(data, sample, -1, text, capacity);
}

void nc_table_finish(struct nc_data *data, long long rows)
{
    struct nc_table *table = data->own;
    data->count = rows;
    data->label_place = label_place;
    if (table->column_count == 0)
        return;
    data->fitting = &FITTING;
    data->needs_fit = table->step_count > 0 || table->missing == NC_MISSING_MEAN ||
                      table->missing == NC_MISSING_MEDIAN;
    data->rank = 1;
    data->shape[0] = 0;
    for (int i = 0; i < table->column_count; i++) {
        data->shape[0] += table->columns[i].categories ? table->columns[i].categories : 1;
        data->needs_fit |= table->columns[i].categories > 0;
    }
    data->element = nc_table_element(data);
    for (int i = 0; data->element == NC_INT && i < table->column_count; i++)
        if (table->columns[i].categories || table->step_count)
            nc_fail(data->run, NULL, "%s: %s makes floats, but %s takes tokens", data->name,
                    table->step_count ? "its transform" : table->columns[i].name, data->run->model->name);
}

static void add_step(struct nc_data *data, const char *name, struct nc_table_step step)
{
    struct nc_table *table = data->own;
    if (table->step_count == NC_MOST_STEPS)
        nc_fail(data->run, NULL, "%s: %s() is one transform too many: %d are possible", data->name, name,
                NC_MOST_STEPS);
    table->steps[table->step_count++] = step;
}

void nc_standardize(struct nc_data *data)
{
    add_step(data, "Standardize", (struct nc_table_step){.kind = NC_STANDARDIZE});
}

void nc_min_max(struct nc_data *data, double low, double high)
{
    add_step(data, "MinMax", (struct nc_table_step){NC_MIN_MAX, low, high});
}
