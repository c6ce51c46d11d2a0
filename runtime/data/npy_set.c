/* NPY: samples and targets out of numpy's arrays; and what NPZ shares with it. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "npy.h"
#include "table.h"

/* What data->own is here. */
struct array_set {
    struct nc_table table; /* first */
    struct nc_npy_reader reader;
    struct nc_array x, y;  /* y.bytes NULL: targets are columns of x */
    int *target, target_count; /* which of them */
};

const struct nc_npy_reader *nc_npy_arguments(const struct nc_data *data)
{
    return &((const struct array_set *)data->own)->reader;
}

static void place_of(const struct nc_data *data, long long row, int column, char *text, size_t room)
{
    const struct array_set *set = data->own;
    const struct nc_array *array = column < 0 && set->y.bytes ? &set->y : &set->x;
    snprintf(text, room, "%s: [%lld]", array->name, row);
}

/* ---- Targets ----------------------------------------------------------------------------------------------------- */

static void find_columns(struct nc_data *data, struct array_set *set)
{
    const struct nc_array *x = &set->x;
    set->target_count = set->reader.target_count;
    set->target = nc_memory(data->run, set->target_count, sizeof *set->target, "columns");
    if (x->rank != 2 || x->shape[1] > INT_MAX)
        nc_fail(data->run, "target=\"FILE.npy\" names the file of the targets",
                "%s: %s has %d axes; only an array of rows and columns has columns that can be targets", data->name,
                x->name, x->rank);
    for (int i = 0; i < set->target_count; i++) {
        int number = set->reader.target[i].number;
        long long column = number < 0 ? number + x->shape[1] : number;
        if (column < 0 || column >= x->shape[1])
            nc_fail(data->run, NULL, "%s: %s has no column %d: there are %lld, numbered from 0, or from -1 backwards",
                    data->name, x->name, number, x->shape[1]);
        for (int k = 0; k < i; k++)
            if (set->target[k] == column)
                nc_fail(data->run, NULL, "%s: target has column %lld of %s twice", data->name, column, x->name);
        set->target[i] = (int)column;
    }
    if (set->target_count == x->shape[1])
        nc_fail(data->run, NULL, "%s: %s has no column but the targets", data->name, x->name);
}

/* All targets as doubles, [count][*each]. */
static double *take_values(struct nc_data *data, struct array_set *set, long long *each)
{
    const struct nc_array *y = &set->y;
    *each = y->bytes ? y->elements / y->shape[0] : set->target_count;
    double *value = nc_memory(data->run, data->count * *each, sizeof *value, "the targets");
    for (long long i = 0; i < data->count * *each; i++) {
        value[i] = y->bytes ? nc_npy_value(y, i)
                            : nc_npy_value(&set->x, i / *each * set->x.shape[1] + set->target[i % *each]);
        if (!isfinite((float)value[i]))
            nc_fail(data->run, NULL, "%s: %s: the target of sample %lld is %g", data->name,
                    y->bytes ? y->name : set->x.name, i / *each, value[i]);
    }
    return value;
}

static void take_targets(struct nc_data *data, struct array_set *set)
{
    long long each;
    double *value = take_values(data, set, &each);
    if (nc_table_has_labels(data, each)) {
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

static int is_target(const struct array_set *set, long long column)
{
    int found = 0;
    for (int i = 0; i < set->target_count; i++)
        found |= set->target[i] == column;
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

/* The columns of a table, which Standardize and the like work on. */
static void take_columns(struct nc_data *data, struct array_set *set)
{
    const struct nc_array *x = &set->x;
    struct nc_table *table = &set->table;
    if (x->rank != 2)
        nc_fail(data->run, NULL, "%s: Standardize() and MinMax() are for tables; a sample of %s has %d axes",
                data->name, x->name, x->rank - 1);
    if (x->shape[1] > INT_MAX)
        nc_fail(data->run, NULL, "%s: %s has too many columns", data->name, x->name);
    table->columns = nc_memory(data->run, x->shape[1], sizeof *table->columns, "columns");
    for (long long c = 0; c < x->shape[1]; c++) {
        struct nc_table_column *column = &table->columns[table->column_count];
        if (is_target(set, c))
            continue;
        column->name = nc_table_name(data->run, (double)c);
        column->value = nc_memory(data->run, data->count, sizeof *column->value, "a column");
        for (long long row = 0; row < data->count; row++) {
            column->value[row] = nc_npy_value(x, row * x->shape[1] + c);
            if (!isfinite(column->value[row]))
                fail_number(data, x, row * x->shape[1] + c, column->value[row]);
        }
        table->column_count++;
    }
}

/* Floats that lie in the file as they are wanted stay there; others are converted. Tokens are copied in any case: they
 * are places in tables, and a file that is changed later must not change them. */
static const unsigned char *take_elements(struct nc_data *data, struct array_set *set, long long each)
{
    const struct nc_array *x = &set->x;
    const long long row = x->elements / x->shape[0];
    int as_is = nc_table_element(data) == NC_FLOAT && nc_npy_is_ours(x, 'f') && !x->fortran && set->target_count == 0
                && (uintptr_t)x->bytes % sizeof(float) == 0;
    float one_element[1]; /* to see whether it could be stored */
    void *copy = as_is ? one_element : nc_memory(data->run, data->count * each, sizeof(float), "the samples");
    long long to = 0;
    for (long long i = 0; i < data->count * row; i++) {
        if (set->target_count && is_target(set, i % row))
            continue;
        double value = nc_npy_value(x, i);
        if (!nc_table_store(data, copy, to, value))
            fail_number(data, x, i, value);
        to += !as_is;
    }
    return as_is ? x->bytes : copy;
}

static void take_samples(struct nc_data *data, struct array_set *set)
{
    const struct nc_array *x = &set->x;
    long long each = 1;
    data->rank = x->rank - 1;
    for (int i = 1; i < x->rank; i++)
        data->shape[i - 1] = x->shape[i];
    if (set->target_count)
        data->shape[0] -= set->target_count;
    for (int i = 0; i < data->rank; i++)
        each *= data->shape[i];
    const unsigned char **parts = nc_memory(data->run, 1, sizeof *parts, "the samples");
    parts[0] = take_elements(data, set, each);
    data->element = nc_table_element(data);
    data->parts = parts;
    data->part_samples = data->count;
    data->sample_bytes = each * (long long)sizeof(float);
}

static void load(struct nc_data *data)
{
    struct array_set *set = data->own;
    struct nc_array *x = &set->x, *y = &set->y;
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
        find_columns(data, set);
    }
    if (x->shape[0] > INT_MAX)
        nc_fail(data->run, NULL, "%s: %s has too many samples", data->name, x->name);
    data->count = x->shape[0];
    take_targets(data, set);
    if (set->table.step_count)
        take_columns(data, set);
    else
        take_samples(data, set);
    nc_table_finish(data, data->count);
}

struct nc_data *nc_npy_new(struct nc_run *run, const char *name, const char *kind, struct nc_npy_reader reader)
{
    struct array_set *set = nc_memory(run, 1, sizeof *set, "a data set");
    *set = (struct array_set){.table = {.place = place_of}, .reader = reader};
    struct nc_data *data = nc_data_new(run, name, kind, NULL, 1, load);
    free(data->own);
    data->own = set;
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
    const char *y = target_count == 1 ? target->name : NULL;
    return nc_npy_new(run, name, "NPY", (struct nc_npy_reader){.read = read_npy, .path = path, .y = y,
                                                               .target = target, .target_count = target_count});
}
