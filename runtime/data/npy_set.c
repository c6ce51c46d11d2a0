/* NPY: samples and targets out of numpy's arrays; and what NPZ shares with it. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "npy.h"
#include "table.h"

/* The samples of a file. */
struct array_file {
    struct nc_array x;
    int *target, target_count; /* columns of x that are targets */
    long long first;           /* of all samples, its first one's number */
    const unsigned char *elements;
};

/* What data->own is here. */
struct array_set {
    struct nc_table table; /* first */
    struct nc_npy_reader reader;
    struct array_file *files; /* [file_count]: one, or those that `predict` was given */
    int file_count;
    struct nc_array y;        /* of all samples; bytes NULL: targets are columns of x */
};

const struct nc_npy_reader *nc_npy_arguments(const struct nc_data *data)
{
    return &((const struct array_set *)data->own)->reader;
}

static const struct array_file *file_of(const struct array_set *set, long long sample)
{
    int low = 0, high = set->file_count - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (set->files[middle].first <= sample)
            low = middle;
        else
            high = middle - 1;
    }
    return &set->files[low];
}

static void place_of(const struct nc_data *data, long long row, int column, char *text, size_t capacity)
{
    const struct array_set *set = data->own;
    const struct array_file *file = file_of(set, row);
    const struct nc_array *array = column < 0 && set->y.bytes ? &set->y : &file->x;
    snprintf(text, capacity, "%s: [%lld]", array->name, row - file->first);
}

/* ---- Targets ----------------------------------------------------------------------------------------------------- */

static void find_columns(struct nc_data *data, struct array_file *file)
{
    const struct array_set *set = data->own;
    const struct nc_array *x = &file->x;
    file->target_count = set->reader.target_count;
    file->target = nc_memory(data->run, file->target_count, sizeof *file->target, "columns");
    if (x->rank != 2 || x->shape[1] > INT_MAX)
        nc_fail(data->run, "target=\"FILE.npy\" names the file of the targets",
                "%s: %s has %d axes; only an array of rows and columns has columns that can be targets", data->name,
                x->name, x->rank);
    for (int i = 0; i < file->target_count; i++) {
        int number = set->reader.target[i].number;
        long long column = number < 0 ? number + x->shape[1] : number;
        if (column < 0 || column >= x->shape[1])
            nc_fail(data->run, NULL, "%s: %s has no column %d: there are %lld, numbered from 0, or from -1 backwards",
                    data->name, x->name, number, x->shape[1]);
        for (int k = 0; k < i; k++)
            if (file->target[k] == column)
                nc_fail(data->run, NULL, "%s: target has column %lld of %s twice", data->name, column, x->name);
        file->target[i] = (int)column;
    }
    if (file->target_count == x->shape[1])
        nc_fail(data->run, NULL, "%s: %s has no column but the targets", data->name, x->name);
}

/* All targets as doubles, [count][*each]. */
static double *take_values(struct nc_data *data, struct array_set *set, long long *each)
{
    const struct array_file *file = &set->files[0];
    const struct nc_array *y = &set->y;
    *each = y->bytes ? y->elements / y->shape[0] : file->target_count;
    double *value = nc_memory(data->run, data->count * *each, sizeof *value, "the targets");
    for (long long i = 0; i < data->count * *each; i++) {
        value[i] = y->bytes ? nc_npy_value(y, i)
                            : nc_npy_value(&file->x, i / *each * file->x.shape[1] + file->target[i % *each]);
        if (!isfinite((float)value[i]))
            nc_fail(data->run, NULL, "%s: %s: the target of sample %lld is %g", data->name,
                    y->bytes ? y->name : file->x.name, i / *each, value[i]);
    }
    return value;
}

static void take_targets(struct nc_data *data, struct array_set *set)
{
    long long each;
    double *value = take_values(data, set, &each);
    const int rank = set->y.bytes ? set->y.rank - 1 : 1;
    if (nc_table_has_labels(data, rank, set->y.bytes ? set->y.shape + 1 : &each)) {
        nc_table_labels(data, value, data->count);
    } else {
        float *targets = nc_memory(data->run, data->count * each, sizeof *targets, "the targets");
        for (long long i = 0; i < data->count * each; i++)
            targets[i] = (float)value[i];
        data->targets = targets;
        data->target_floats = each > INT_MAX ? INT_MAX : (int)each;
        if (set->y.bytes && set->y.rank > 2 && set->y.rank - 1 <= NC_MAX_RANK) {
            data->target_rank = set->y.rank - 1;
            memcpy(data->target_shape, set->y.shape + 1, (size_t)data->target_rank * sizeof *data->target_shape);
        }
    }
    free(value);
}

/* ---- Samples ----------------------------------------------------------------------------------------------------- */

static int is_target(const struct array_file *file, long long column)
{
    int found = 0;
    for (int i = 0; i < file->target_count; i++)
        found |= file->target[i] == column;
    return found;
}

_Noreturn static void fail_number(const struct nc_data *data, const struct nc_array *x, long long place, double value)
{
    const long long each = x->elements / x->shape[0];
    if (isfinite((float)value))
        nc_fail(data->run, NULL, "%s: %s: number %lld of sample %lld, %g, is %s", data->name, x->name, place % each,
                place / each, value, nc_table_unfit(data));
    nc_fail(data->run, "take out or replace what is not finite, with numpy.nan_to_num for example",
            "%s: %s: number %lld of sample %lld is %g", data->name, x->name, place % each, place / each, value);
}

/* The columns of a table, which Standardize and the like work on. They are called by their numbers beside the
 * targets', whether these are there or not. */
static void name_columns(struct nc_data *data, struct array_set *set)
{
    struct array_file whole = set->files[0];
    struct nc_table *table = &set->table;
    if (whole.x.rank != 2)
        nc_fail(data->run, NULL, "%s: Standardize() and MinMax() are for tables; a sample of %s has %d axes",
                data->name, whole.x.name, whole.x.rank - 1);
    if (whole.x.shape[1] > INT_MAX)
        nc_fail(data->run, NULL, "%s: %s has too many columns", data->name, whole.x.name);
    if (whole.target_count == 0 && set->reader.target_count > 0) {
        whole.x.shape[1] += set->reader.target_count;
        find_columns(data, &whole);
    }
    table->columns = nc_memory(data->run, whole.x.shape[1], sizeof *table->columns, "columns");
    for (long long c = 0; c < whole.x.shape[1]; c++)
        if (!is_target(&whole, c))
            table->columns[table->column_count++] = (struct nc_table_column){
                .name = nc_table_name(data->run, (double)c),
                .value = nc_memory(data->run, data->count, sizeof(double), "a column")};
    if (whole.target != set->files[0].target)
        free(whole.target);
}

static void take_columns(struct nc_data *data, struct array_set *set)
{
    name_columns(data, set);
    for (int f = 0; f < set->file_count; f++) {
        const struct array_file *file = &set->files[f];
        const struct nc_array *x = &file->x;
        int to = 0;
        for (long long c = 0; c < x->shape[1]; c++) {
            if (is_target(file, c))
                continue;
            double *value = set->table.columns[to++].value + file->first;
            for (long long row = 0; row < x->shape[0]; row++) {
                value[row] = nc_npy_value(x, row * x->shape[1] + c);
                if (!isfinite(value[row]))
                    fail_number(data, x, row * x->shape[1] + c, value[row]);
            }
        }
    }
}

/* Floats that lie in the file as they are wanted stay there; others are converted. Tokens are copied in any case: they
 * are places in tables, and a file that is changed later must not change them. */
static const unsigned char *take_elements(struct nc_data *data, const struct array_file *file, long long each)
{
    const struct nc_array *x = &file->x;
    const long long row = x->elements / x->shape[0];
    int as_is = nc_table_element(data) == NC_FLOAT && nc_npy_is_ours(x, 'f') && !x->fortran && file->target_count == 0
                && (uintptr_t)x->bytes % sizeof(float) == 0;
    float one_element[1]; /* to see whether it could be stored */
    void *copy = as_is ? one_element : nc_memory(data->run, x->shape[0] * each, sizeof(float), "the samples");
    long long to = 0;
    for (long long i = 0; i < x->elements; i++) {
        if (file->target_count && is_target(file, i % row))
            continue;
        double value = nc_npy_value(x, i);
        if (!nc_table_store(data, copy, to, value))
            fail_number(data, x, i, value);
        to += !as_is;
    }
    return as_is ? x->bytes : copy;
}

/* Of several files. */
static const void *locate(struct nc_data *data, long long sample)
{
    const struct array_file *file = file_of(data->own, sample);
    return file->elements + (sample - file->first) * data->sample_bytes;
}

static void take_samples(struct nc_data *data, struct array_set *set)
{
    const struct nc_array *x = &set->files[0].x;
    long long each = 1;
    data->rank = x->rank - 1;
    for (int i = 1; i < x->rank; i++)
        data->shape[i - 1] = x->shape[i];
    data->shape[0] -= set->files[0].target_count;
    for (int i = 0; i < data->rank; i++)
        each *= data->shape[i];
    for (int i = 0; i < set->file_count; i++)
        set->files[i].elements = take_elements(data, &set->files[i], each);
    const unsigned char **parts = nc_memory(data->run, 1, sizeof *parts, "the samples");
    parts[0] = set->files[0].elements;
    data->element = nc_table_element(data);
    data->parts = parts;
    data->part_samples = data->count;
    data->sample_bytes = each * (long long)sizeof(float);
    data->locate = set->file_count > 1 ? locate : NULL;
}

static void take_all(struct nc_data *data, struct array_set *set)
{
    if (set->table.step_count)
        take_columns(data, set);
    else
        take_samples(data, set);
    nc_table_finish(data, data->count);
}

static void load(struct nc_data *data)
{
    struct array_set *set = data->own;
    set->files = nc_memory(data->run, set->file_count = 1, sizeof *set->files, "a data set");
    struct nc_array *x = &set->files[0].x, *y = &set->y;
    char shapes[2][160];
    x->data = y->data = data;
    set->reader.read(data, x, y);
    nc_npy_shape(x, shapes[0], sizeof shapes[0]);
    if (x->rank < 2 || x->rank - 1 > NC_MAX_RANK)
        nc_fail(data->run, x->rank < 2 ? "reshape(-1, 1) makes samples of one number" : NULL,
                "%s: %s is %s; samples need an axis behind the first one, and at most %d", data->name, x->name,
                shapes[0], NC_MAX_RANK);
    if (y->bytes) {
        nc_npy_shape(y, shapes[1], sizeof shapes[1]);
        if (y->rank < 1 || y->shape[0] != x->shape[0])
            nc_fail(data->run, NULL, "%s: %s is %s, but %s is %s: there must be a target for each sample", data->name,
                    x->name, shapes[0], y->name, shapes[1]);
    } else {
        find_columns(data, &set->files[0]);
    }
    if (x->shape[0] > INT_MAX)
        nc_fail(data->run, NULL, "%s: %s has too many samples", data->name, x->name);
    data->count = x->shape[0];
    take_targets(data, set);
    take_all(data, set);
}

/* ---- Files of predict -------------------------------------------------------------------------------------------- */

/* Whether the array is one such sample, or with `first` 1 samples along the first axis; of a table, its rows may have
 * the targets too. */
static int holds(const struct array_set *set, const struct nc_array *x, int first)
{
    const struct nc_model *m = x->data->run->model;
    int same = x->rank == m->input_rank + first;
    for (int i = 0; i < m->input_rank && same; i++)
        same = x->shape[i + first] == m->input_shape[i] ||
               (m->input_rank == 1 && x->shape[i + first] == m->input_shape[i] + set->reader.target_count);
    return same;
}

/* Reads a file behind those that are there; returns 1 where it can't be opened. */
static int add_file(struct nc_data *data, const char *path)
{
    struct array_set *set = data->own;
    const struct nc_model *m = data->run->model;
    struct array_file *file = &set->files[set->file_count];
    struct nc_array *x = &file->x;
    const unsigned char *bytes;
    size_t size;
    char shape[160];
    *file = (struct array_file){.x = {.data = data, .name = path}, .first = data->count};
    int error = nc_map_file(data->run, data->name, path, &bytes, &size);
    if (error != 0) {
        nc_warn(data->run, "%s is left out: it cannot be opened: %s", path, strerror(error));
        return 1;
    }
    if (size >= 2 && memcmp(bytes, "PK", 2) == 0)
        nc_npz_array(x, path, bytes, size, set->reader.x);
    else
        nc_npy_parse(x, bytes, size);
    if (holds(set, x, 0)) {
        memmove(x->shape + 1, x->shape, (size_t)x->rank++ * sizeof *x->shape);
        x->shape[0] = 1;
    }
    nc_npy_shape(x, shape, sizeof shape);
    if (!holds(set, x, 1))
        nc_fail(data->run, "samples stand along the first axis", "%s: %s is %s, and holds no samples for %s",
                data->name, x->name, shape, m->name);
    if (m->input_rank == 1 && x->shape[1] != m->input_shape[0])
        find_columns(data, file);
    data->count += x->shape[0];
    set->file_count++;
    return 0;
}

static void sample_name(const struct nc_data *data, long long sample, char *name, size_t capacity)
{
    const struct array_file *file = file_of(data->own, sample);
    snprintf(name, capacity, "%s[%lld]", file->x.name, sample - file->first);
}

static void take(struct nc_data *data, char *const *paths, int count)
{
    struct array_set *set = data->own;
    set->files = nc_memory(data->run, count, sizeof *set->files, "a data set");
    for (int i = 0; i < count; i++)
        data->broken += add_file(data, paths[i]);
    data->sample_name = sample_name;
    if (set->file_count > 0)
        take_all(data, set);
}

struct nc_data *nc_npy_new(struct nc_run *run, const char *name, const char *kind, struct nc_npy_reader reader)
{
    struct array_set *set = nc_memory(run, 1, sizeof *set, "a data set");
    *set = (struct array_set){.table = {.place = place_of}, .reader = reader};
    struct nc_data *data = nc_data_new(run, name, kind, NULL, 1, load);
    free(data->own);
    data->own = set;
    data->take = take;
    return data;
}

/* ---- NPY --------------------------------------------------------------------------------------------------------- */

static void read_file(struct nc_data *data, struct nc_array *array, const char *path)
{
    const unsigned char *bytes;
    size_t size;
    array->name = nc_data_path(data->run, path);
    int error = nc_map_file(data->run, data->name, array->name, &bytes, &size);
    if (error)
        nc_fail(data->run,
                error == ENOENT ? "a relative path begins in the folder of the .net file, or in that of --data" : NULL,
                "%s: cannot open %s: %s", data->name, array->name, strerror(error));
    nc_npy_parse(array, bytes, size);
}

static void read_npy(struct nc_data *data, struct nc_array *x, struct nc_array *y)
{
    const struct nc_npy_reader *given = nc_npy_arguments(data);
    read_file(data, x, given->path);
    if (given->y)
        read_file(data, y, given->y);
}

struct nc_data *nc_npy(struct nc_run *run, const char *name, const char *path, int target_count,
                       const struct nc_column *target)
{
    const char *y = target_count == 1 ? target->name : NULL; /* a file; then no column is a target */
    return nc_npy_new(run, name, "NPY", (struct nc_npy_reader){.read = read_npy, .path = path, .y = y,
                                                               .target = target, .target_count = y ? 0 : target_count});
}
