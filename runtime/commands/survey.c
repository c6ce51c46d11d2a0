/* survey.c: the command `data`, which shows what a model will see: how many samples there are of each class, the sizes
 * of pictures, the numbers after the transforms, and the first training batch as a sheet of pictures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/cells.h"
#include "core.h"
#include "image/write_png.h"

enum { MOST_ROWS = 32, SHEET_COLUMNS = 8, SHEET_SAMPLES = 64, SHEET_GAP = 2 };

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

/* ---- The sheet -------------------------------------------------------------------------------------------------- */

/* The scale of floats on the sheet: the least is black, the most is white. */
static void range_of(const struct nc_data *data, const void *const *input, int count, float *least, float *most)
{
    long long floats = data->shape[0] * data->shape[1] * data->shape[2];
    *least = HUGE_VALF;
    *most = -HUGE_VALF;
    for (int n = 0; n < count && data->element == NC_FLOAT; n++)
        for (long long i = 0; i < floats; i++) {
            float x = ((const float *)input[n])[i];
            *least = x < *least ? x : *least;
            *most = x > *most && isfinite(x) ? x : *most;
        }
}

static void draw_sample(const struct nc_data *data, const void *sample, float least, float most,
                        struct nc_image *sheet, int left, int top)
{
    int channels = (int)data->shape[0], height = (int)data->shape[1], width = (int)data->shape[2];
    for (int c = 0; c < channels; c++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                long long from = ((long long)c * height + y) * width + x;
                long long to = ((long long)(top + y) * sheet->width + left + x) * channels + c;
                if (data->element == NC_BYTE) {
                    sheet->bytes[to] = ((const unsigned char *)sample)[from];
                    continue;
                }
                float grey = (((const float *)sample)[from] - least) / (most - least) * 255.0f;
                sheet->bytes[to] = grey >= 0.0f && grey <= 255.0f ? (unsigned char)lrintf(grey) : 0;
            }
}

static void print_labels(const struct survey *s, long long place, int count)
{
    for (int n = 0; n < count; n++) {
        int label = s->data->labels[s->loader->order[place + n]];
        nc_print("%s", n % SHEET_COLUMNS == 0 ? "    " : ", ");
        if (s->data->class_names != NULL && label >= 0 && label < s->data->classes)
            nc_print("%s", s->data->class_names[label]);
        else
            nc_print("%d", label);
        if (n % SHEET_COLUMNS == SHEET_COLUMNS - 1 || n == count - 1)
            putchar('\n');
    }
}

/* The first samples of the epoch side by side, as the transforms leave them; Normalize is not in bytes. */
static void write_sheet(const struct survey *s, const void *const *input, int count, const char *path)
{
    const struct nc_data *data = s->data;
    struct nc_image sheet = {0};
    char error[NC_IMAGE_ERROR];
    float least, most;
    if (data->rank != 3 || (data->shape[0] != 1 && data->shape[0] != 3)) {
        nc_print("  no sheet: samples are no pictures of 1 or 3 channels\n");
        return;
    }
    count = count < SHEET_SAMPLES ? count : SHEET_SAMPLES;
    int columns = count < SHEET_COLUMNS ? count : SHEET_COLUMNS, rows = (count + columns - 1) / columns;
    long long width = columns * (data->shape[2] + SHEET_GAP) + SHEET_GAP;
    long long height = rows * (data->shape[1] + SHEET_GAP) + SHEET_GAP;
    if (!nc_image_possible(width, height, (int)data->shape[0])
        || !nc_image_shape(&sheet, (int)width, (int)height, (int)data->shape[0]))
        nc_fail(s->run, NULL, "there is no memory for a sheet of %lldx%lld", width, height);
    memset(sheet.bytes, 0, (size_t)(width * height * data->shape[0]));
    range_of(data, input, count, &least, &most);
    for (int n = 0; n < count; n++)
        draw_sample(data, input[n], least, most, &sheet,
                    SHEET_GAP + n % columns * (int)(data->shape[2] + SHEET_GAP),
                    SHEET_GAP + n / columns * (int)(data->shape[1] + SHEET_GAP));
    if (!nc_image_write_png(&sheet, path, error))
        nc_fail(s->run, NULL, "%s", error);
    nc_image_free(&sheet);
    nc_print("  sheet of the first %d samples: %s\n", count, path);
    if (s->of_class != NULL && s->data->places == 0)
        print_labels(s, 0, count);
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
        nc_print("  %s %-*s %9lld %6.2f %%\n", c == 0 ? "classes" : "       ", nc_field(name, 24), name, s->of_class[c],
               s->labels > 0 ? 100.0 * (double)s->of_class[c] / (double)s->labels : 0.0);
    }
}

static void print_numbers(const struct survey *s)
{
    nc_print("  the model sees %lld samples of", s->samples);
    for (int i = 0; i < s->data->rank; i++)
        nc_print("%s%lld", i > 0 ? "x" : " ", s->data->shape[i]);
    nc_print("\n    %-7s %12s %12s %12s %12s\n", s->rows == 1 ? "" : s->data->rank == 3 ? "channel" : "column", "mean",
             "std", "least", "most");
    for (int row = 0; row < s->rows; row++) {
        const struct numbers *n = &s->numbers[row];
        double count = (double)n->count, mean = n->count > 0 ? n->sum / count : 0;
        double variance = n->count > 0 ? n->squares / count - mean * mean : 0;
        nc_print("    %-7d %12.6f %12.6f %12.6f %12.6f", row, n->first + mean, sqrt(fmax(variance, 0)), n->least,
                 n->most);
        if (n->strange > 0)
            nc_print("  %lld not finite", n->strange);
        putchar('\n');
    }
}

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
            write_sheet(s, input, count, sheet);
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
    print_sizes(&s);
    print_numbers(&s);
    free(s.numbers);
    free(s.of_class);
}

int nc_survey(struct nc_run *run)
{
    char name[300];
    if (run->raw_name != NULL) {
        nc_write_raw(run, run->raw_name);
        return 0;
    }
    snprintf(name, sizeof name, "%.250s.png", run->train.data->name);
    survey(run, &run->train, run->train.batch_size, "train", run->sheet_name != NULL ? run->sheet_name : name);
    if (run->test.data != NULL && run->test.data != run->train.data)
        survey(run, &run->test, nc_evaluation_unit(run), "test", NULL);
    return 0;
}
