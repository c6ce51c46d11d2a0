/* The record of what is learned from the training samples, beside the parameters in a checkpoint: little-endian numbers
 * and names with their lengths. It is read back with all care, as a checkpoint comes from anywhere. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "system/endian.h"
#include "table.h"

static const char magic[8] = "netc ft";

enum { VERSION = 1 };

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

static void put_real(FILE *to, double value)
{
    unsigned long long bits;
    memcpy(&bits, &value, sizeof bits);
    nc_write_little(to, bits, 8);
}

static void put_names(FILE *to, char *const *names, int count)
{
    nc_write_little(to, (unsigned)count, 4);
    for (int i = 0; i < count; i++) {
        nc_write_little(to, strlen(names[i]), 4);
        fputs(names[i], to);
    }
}

unsigned char *nc_fit_pack(const struct nc_run *run, const struct nc_fit *fit, long long *bytes)
{
    char *record = NULL;
    size_t size;
    FILE *to = nc_memory_stream(run, &record, &size, "what is learned of the data");
    fwrite(magic, 1, sizeof magic, to);
    nc_write_little(to, VERSION, 4);
    nc_write_little(to, (unsigned)fit->column_count, 4);
    for (int i = 0; i < fit->column_count; i++) {
        const struct nc_fit_column *column = &fit->columns[i];
        put_names(to, &column->name, 1);
        put_names(to, column->category, column->categories);
        put_real(to, column->fill);
    }
    put_names(to, fit->class_names, fit->class_names ? fit->classes : 0);
    nc_write_little(to, (unsigned)fit->step_count, 4);
    for (int s = 0; s < fit->step_count; s++) {
        nc_write_little(to, (unsigned)fit->steps[s].kind, 4);
        for (int i = 0; i < fit->column_count; i++) {
            put_real(to, fit->steps[s].offset[i]);
            put_real(to, fit->steps[s].scale[i]);
        }
    }
    if (fit->file_columns)
        nc_write_little(to, (unsigned)fit->file_columns, 4);
    fclose(to);
    *bytes = (long long)size;
    return (unsigned char *)record;
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

struct reader {
    const struct nc_run *run;
    const unsigned char *at, *end;
    const char *whose;
};

_Noreturn static void fail_damaged(const struct reader *r)
{
    nc_fail(r->run, "train again, or take another checkpoint", "%s: what it keeps of the training data is damaged",
            r->whose);
}

static unsigned long long get_bytes(struct reader *r, int bytes)
{
    if (r->end - r->at < bytes)
        fail_damaged(r);
    r->at += bytes;
    return nc_little(r->at - bytes, bytes);
}

/* A number of things, each of which takes at least `least` bytes of what is left. */
static int get_count(struct reader *r, long long least)
{
    long long count = (long long)get_bytes(r, 4);
    if (count * least > r->end - r->at)
        fail_damaged(r);
    return (int)count;
}

static double get_real(struct reader *r)
{
    unsigned long long bits = get_bytes(r, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    if (!isfinite(value))
        fail_damaged(r);
    return value;
}

static char **get_names(struct reader *r, int *count)
{
    *count = get_count(r, 4);
    char **names = nc_memory(r->run, *count + 1, sizeof *names, "names");
    for (int i = 0; i < *count; i++) {
        int length = get_count(r, 1);
        names[i] = nc_memory(r->run, length + 1, 1, "a name");
        memcpy(names[i], r->at, (size_t)length);
        r->at += length;
    }
    return names;
}

void nc_fit_unpack(const struct nc_run *run, struct nc_fit *fit, const unsigned char *record, long long bytes,
                   const char *whose)
{
    enum { COLUMN = 4 + 4 + 4 + 8, STEP = 4 }; /* bytes, at least */
    struct reader r = {run, record, record + bytes, whose};
    int one;
    *fit = (struct nc_fit){0};
    if (bytes < (long long)sizeof magic || memcmp(record, magic, sizeof magic) != 0)
        fail_damaged(&r);
    r.at += sizeof magic;
    if (get_bytes(&r, 4) != VERSION)
        nc_fail(run, NULL, "%s: what it keeps of the training data was written by another version of netc", whose);
    fit->column_count = get_count(&r, COLUMN);
    fit->columns = nc_memory(run, fit->column_count + 1, sizeof *fit->columns, "columns");
    for (int i = 0; i < fit->column_count; i++) {
        struct nc_fit_column *column = &fit->columns[i];
        char **name = get_names(&r, &one);
        if (one != 1)
            fail_damaged(&r);
        column->name = name[0];
        free(name);
        column->category = get_names(&r, &column->categories);
        column->fill = get_real(&r);
    }
    fit->class_names = get_names(&r, &fit->classes);
    fit->step_count = get_count(&r, STEP);
    fit->steps = nc_memory(run, fit->step_count + 1, sizeof *fit->steps, "steps");
    for (int s = 0; s < fit->step_count; s++) {
        struct nc_fit_step *step = &fit->steps[s];
        step->kind = (int)get_bytes(&r, 4);
        step->offset = nc_memory(run, fit->column_count + 1, sizeof(double), "a step");
        step->scale = nc_memory(run, fit->column_count + 1, sizeof(double), "a step");
        for (int i = 0; i < fit->column_count; i++) {
            step->offset[i] = get_real(&r);
            step->scale[i] = get_real(&r);
        }
    }
    if (r.at != r.end)
        fit->file_columns = (int)(get_bytes(&r, 4) & 0x7fffffff);
    if (r.at != r.end)
        fail_damaged(&r);
}

static void free_names(char **names, int count)
{
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

void nc_fit_free(struct nc_fit *fit)
{
    for (int i = 0; i < fit->column_count; i++) {
        free(fit->columns[i].name);
        free_names(fit->columns[i].category, fit->columns[i].categories);
    }
    for (int s = 0; s < fit->step_count; s++) {
        free(fit->steps[s].offset);
        free(fit->steps[s].scale);
    }
    free_names(fit->class_names, fit->classes);
    free(fit->columns);
    free(fit->steps);
    *fit = (struct nc_fit){0};
}
