/* survey.c: the command `data`, which shows what a model will see: how many samples there are of each class, or how the
 * targets are distributed, the sizes of pictures, the numbers after the transforms, and the first training batch as a
 * sheet of pictures (sheet.c). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/cells.h"
#include "system/printable.h"
#include "core.h"
#include "run/samples.h"
#include "sheet.h"

/* NAME: cells for the name of a class or target. */
enum { MOST_ROWS = 32, NAME = 24, BINS = 16 };

/* What the numbers of a channel, or of a column of a table, are like. */
struct numbers {
    long long bytes[256];    /* how often each byte occurs */
    double first, sum, squares, least, most; /* of floats: sums of what differs from the first one */
    long long count, strange; /* finite ones, others */
};

struct survey {
    struct nc_run *run;
    struct nc_loader *loader;
    const struct nc_data *data;
    int rows;             /* channels, columns, or one for all */
    long long inner;      /* numbers of a sample that belong to a row, side by side */
    struct numbers *numbers;
    long long *of_class;  /* [classes] samples, or places of samples that have a class of their own */
    long long labels;     /* those that are of a class */
    long long samples;
};

static void take_number(struct numbers *n, double x)
{
    if (!isfinite(x)) {
        n->strange++;
        return;
    }
    if (n->count++ == 0)
        n->first = n->least = n->most = x;
    double apart = x - n->first;
    n->sum += apart;
    n->squares += apart * apart;
    n->least = fmin(n->least, x);
    n->most = fmax(n->most, x);
}

static void take_sample(struct survey *s, const void *sample, long long number)
{
    for (int row = 0; row < s->rows; row++) {
        struct numbers *n = &s->numbers[row];
        for (long long i = row * s->inner; s->data->element == NC_FLOAT && i < (row + 1) * s->inner; i++)
            take_number(n, (double)((const float *)sample)[i]);
        for (long long i = row * s->inner; s->data->element == NC_INT && i < (row + 1) * s->inner; i++)
            take_number(n, ((const int *)sample)[i]);
        if (s->data->element != NC_BYTE)
            continue;
        const unsigned char *bytes = (const unsigned char *)sample + row * s->inner;
        for (long long i = 0; i < s->inner; i++)
            n->bytes[bytes[i]]++;
    }
    const long long places = s->data->places > 0 ? s->data->places : 1;
    for (long long i = number * places; s->of_class != NULL && i < (number + 1) * places; i++) {
        const int label = s->data->labels[i]; /* or what the loss ignores */
        if (label < 0 || label >= s->data->classes)
            continue;
        s->of_class[label]++;
        s->labels++;
    }
    s->samples++;
}

/* Bytes become the numbers that they stand for. */
static void bytes_to_numbers(struct survey *s)
{
    for (int row = 0; row < s->rows && s->data->element == NC_BYTE; row++) {
        struct numbers *n = &s->numbers[row];
        const float *pixel = s->data->pixel[row];
        n->first = (double)pixel[0];
        n->least = HUGE_VAL;
        n->most = -HUGE_VAL;
        for (int byte = 0; byte < 256; byte++) {
            double apart = (double)pixel[byte] - n->first, times = (double)n->bytes[byte];
            n->count += n->bytes[byte];
            n->sum += times * apart;
            n->squares += times * apart * apart;
            n->least = n->bytes[byte] > 0 ? fmin(n->least, (double)pixel[byte]) : n->least;
            n->most = n->bytes[byte] > 0 ? fmax(n->most, (double)pixel[byte]) : n->most;
        }
    }
}

/* ---- The report ------------------------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static void print_sizes(const struct survey *s)
{
    static const char *const names[] = {"width", "height"};
    const struct nc_preparation *preparation = s->data->preparation;
    long long count = s->data->count;
    if (preparation == NULL || preparation->extent == NULL)
        return;
    int *size[2] = {nc_memory(s->run, count, sizeof(int), "the sizes"),
                    nc_memory(s->run, count, sizeof(int), "the sizes")};
    for (long long i = 0; i < count; i++)
        preparation->extent(s->data, i, &size[0][i], &size[1][i]);
    nc_print("  pictures %10s %8s %8s\n", "least", "median", "most");
    for (int axis = 0; axis < 2; axis++) {
        qsort(size[axis], (size_t)count, sizeof(int), by_value);
        nc_print("    %-7s%9d %8d %8d\n", names[axis], size[axis][0], size[axis][(count - 1) / 2],
                 size[axis][count - 1]);
        free(size[axis]);
    }
}

static void print_classes(const struct survey *s)
{
    for (int c = 0; s->of_class != NULL && c < s->data->classes; c++) {
        char number[16];
        snprintf(number, sizeof number, "%d", c);
        const char *name = s->data->class_names != NULL ? s->data->class_names[c] : number;
        nc_print("  %s %-*s %9lld %6.2f %%\n", c == 0 ? "classes" : "       ", nc_field(name, NAME), name,
                 s->of_class[c], s->labels > 0 ? 100.0 * (double)s->of_class[c] / (double)s->labels : 0.0);
    }
}

/* The row's mean, deviation and extremes. */
static void print_row(const struct numbers *n)
{
    double count = (double)n->count, mean = n->count > 0 ? n->sum / count : 0;
    double variance = n->count > 0 ? n->squares / count - mean * mean : 0;
    nc_print(" %12.6f %12.6f %12.6f %12.6f", n->first + mean, sqrt(fmax(variance, 0)), n->least, n->most);
}

static void print_strange(const struct numbers *n)
{
    if (n->strange > 0)
        nc_print("  %lld not finite", n->strange);
    putchar('\n');
}

static void print_numbers(const struct survey *s)
{
    nc_print("  the model sees %lld samples of", s->samples);
    for (int i = 0; i < s->data->rank; i++)
        nc_print("%s%lld", i > 0 ? "x" : " ", s->data->shape[i]);
    nc_print("\n    %-7s %12s %12s %12s %12s\n", s->rows == 1 ? "" : s->data->rank == 3 ? "channel" : "column", "mean",
             "std", "least", "most");
    for (int row = 0; row < s->rows; row++) {
        nc_print("    %-7d", row);
        print_row(&s->numbers[row]);
        print_strange(&s->numbers[row]);
    }
}

/* ---- Targets that are no classes --------------------------------------------------------------------------------- */

/* Numbers of the targets that belong together: a column, or a share of one that is larger. */
struct target_row {
    int from, count; /* among the floats of a target */
};

static void take_targets(const struct survey *s, struct target_row row, struct numbers *n)
{
    for (long long place = 0; place < s->samples; place++) {
        const long long sample = s->loader->order[place];
        for (int i = row.from; i < row.from + row.count; i++)
            take_number(n, (double)s->data->targets[sample * s->data->target_floats + i]);
    }
}

/* How many numbers lie in each of BINS ranges of the same width, from the least to the largest. */
static void count_bins(const struct survey *s, struct target_row row, const struct numbers *n, long long bins[BINS])
{
    const double width = (n->most - n->least) / BINS;
    for (long long place = 0; place < s->samples; place++) {
        const long long sample = s->loader->order[place];
        for (int i = row.from; i < row.from + row.count; i++) {
            const double x = (double)s->data->targets[sample * s->data->target_floats + i];
            const int bin = isfinite(x) && width > 0 ? (int)((x - n->least) / width) : 0;
            bins[bin < BINS ? bin : BINS - 1] += isfinite(x);
        }
    }
}

/* A sign for each range, the higher the more numbers it has; " " where it has none. */
static void print_bins(const long long bins[BINS])
{
    static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const letters[] = {" ", ".", ":", "-", "=", "+", "*", "#", "@"};
    const char *const *signs = nc_speaks_utf8() ? blocks : letters;
    long long most = 1;
    for (int i = 0; i < BINS; i++)
        most = bins[i] > most ? bins[i] : most;
    nc_print("  |");
    for (int i = 0; i < BINS; i++)
        nc_print("%s", signs[(bins[i] * 8 + most - 1) / most]);
    nc_print("|");
}

/* Of words, how many samples have each. */
static void print_words(const struct survey *s, int target)
{
    const char *const *word = s->data->target[target].word;
    long long ones = 0;
    for (long long place = 0; place < s->samples; place++)
        ones += s->data->targets[(long long)s->loader->order[place] * s->data->target_floats + target] > 0.5f;
    nc_print("  %s: %lld", word[0], s->samples - ones);
    if (word[1] != NULL)
        nc_print(", %s: %lld", word[1], ones);
}

/* A row for each column of targets, or where a target is as large as a picture, for each of its channels. */
static void print_targets(const struct survey *s)
{
    const struct nc_data *data = s->data;
    const int channels = data->target_rank > 1 ? (int)data->target_shape[0] : data->target_floats;
    const int rows = channels <= MOST_ROWS ? channels : 1;
    if (data->targets == NULL || data->target_floats == 0)
        return;
    nc_print("  %-*s %12s %12s %12s %12s  distribution\n", NAME + 1, rows < data->target_floats ? "targets" : "target",
             "mean", "std", "least", "most");
    for (int k = 0; k < rows; k++) {
        const struct target_row row = {k * (data->target_floats / rows), data->target_floats / rows};
        const int named = data->target != NULL && row.count == 1;
        struct numbers n = {0};
        long long bins[BINS] = {0};
        char number[16];
        snprintf(number, sizeof number, "%d", k);
        const char *name = named ? data->target[k].name : number;
        take_targets(s, row, &n);
        count_bins(s, row, &n, bins);
        nc_print("    %-*s", nc_field(name, NAME - 1), name);
        print_row(&n);
        print_bins(bins);
        if (named && data->target[k].word[0] != NULL)
            print_words(s, k);
        print_strange(&n);
    }
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

/* All batches of an epoch, or as many as --max-steps says. */
static void look_at(struct survey *s, int unit, const char *sheet)
{
    struct nc_run *run = s->run;
    const void **input = nc_memory(run, unit, sizeof *input, "the survey");
    long long end = nc_loader_samples(s->loader), batch = s->loader->batch_size;
    if (run->max_steps.given && run->max_steps.value < (end + batch - 1) / batch)
        end = run->max_steps.value * batch;
    nc_loader_begin(s->loader, &run->random);
    nc_feed_begin(s->loader->feed, 0);
    for (long long place = 0; place < end;) {
        int count = nc_loader_unit(s->loader, unit, place); /* as the feed gives them, perhaps too many */
        const struct nc_fed *fed = s->loader->feed != NULL ? nc_feed_take(s->loader->feed) : NULL;
        count = end - place < count ? (int)(end - place) : count;
        for (int i = 0; i < count; i++) {
            long long number = s->loader->order[place + i];
            input[i] = fed != NULL ? fed->input[i] : nc_data_sample(s->loader->data, number);
            take_sample(s, input[i], number);
        }
        if (place == 0 && sheet != NULL && sheet[0] != '\0')
            nc_write_sheet(run, s->loader, input, count, sheet);
        place += count;
    }
    free(input);
}

static void survey(struct nc_run *run, struct nc_loader *loader, int unit, const char *label, const char *sheet)
{
    const struct nc_data *data = loader->data;
    struct survey s = {.run = run, .loader = loader, .data = data, .rows = 1, .inner = 1};
    for (int i = 0; i < data->rank; i++)
        s.inner *= data->shape[i];
    if (data->shape[0] <= MOST_ROWS && data->rank > 0) {
        s.rows = (int)data->shape[0];
        s.inner /= s.rows;
    }
    s.numbers = nc_memory(run, s.rows, sizeof *s.numbers, "the survey");
    if (data->classes > 0)
        s.of_class = nc_memory(run, data->classes, sizeof *s.of_class, "the survey");
    nc_print("%s data %s\n", label, data->name);
    look_at(&s, unit, sheet);
    bytes_to_numbers(&s);
    print_classes(&s);
    print_targets(&s);
    print_sizes(&s);
    print_numbers(&s);
    free(s.numbers);
    free(s.of_class);
}

/* Which classes there are samples of: [classes]. */
static unsigned char *classes_there(struct nc_run *run, const struct nc_data *data)
{
    unsigned char *there = nc_memory(run, data->classes, 1, "the survey");
    for (long long i = 0; i < nc_label_count(data); i++)
        if (data->labels[i] >= 0 && data->labels[i] < data->classes)
            there[data->labels[i]] = 1;
    return there;
}

/* Warns of the classes that are there in one data set and not in the other. */
static void compare_classes(struct nc_run *run, const struct nc_data *with, const unsigned char *there,
                            const struct nc_data *without, const unsigned char *lacks, const char *so)
{
    enum { LISTED = 300 };
    char names[LISTED + 100];
    size_t length = 0;
    int count = 0;
    for (int c = 0; c < with->classes; c++) {
        char number[16];
        if (!there[c] || (c < without->classes && lacks[c]))
            continue;
        snprintf(number, sizeof number, "%d", c);
        const char *name = with->class_names != NULL ? with->class_names[c] : number;
        if (length < LISTED)
            length += (size_t)snprintf(names + length, sizeof names - length, "%s%.60s", count > 0 ? ", " : "",
                                       length + strlen(name) < LISTED - 8 ? name : "...");
        if (length >= 3 && strcmp(names + length - 3, "...") == 0)
            length = LISTED;
        count++;
    }
    if (count > 0)
        nc_warn(run, "%s has no samples of %d class%s of %s: %s; %s", without->name, count, count == 1 ? "" : "es",
                with->name, names, so);
}

static void warn_of_classes(struct nc_run *run)
{
    const struct nc_data *train = run->train.data, *test = run->test.data;
    if (train->labels == NULL || test->labels == NULL)
        return;
    unsigned char *learned = classes_there(run, train), *tested = classes_there(run, test);
    compare_classes(run, train, learned, test, tested, "nobody will know how well they are told");
    compare_classes(run, test, tested, train, learned, "they will never be learned");
    free(learned);
    free(tested);
}

int nc_survey(struct nc_run *run)
{
    char name[300];
    if (nc_samples_wanted()) {
        nc_samples_give(run);
        return 0;
    }
    if (run->raw_name != NULL) {
        nc_write_raw(run, run->raw_name);
        return 0;
    }
    snprintf(name, sizeof name, "%.250s.png", run->train.data->name);
    survey(run, &run->train, run->train.batch_size, "train", run->sheet_name != NULL ? run->sheet_name : name);
    if (run->test.data != NULL && run->test.data != run->train.data) {
        survey(run, &run->test, nc_evaluation_unit(run), "test", NULL);
        warn_of_classes(run);
    }
    return 0;
}
