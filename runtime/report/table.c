/* The table of scalars, read again: RFC 4180, as log/table.c writes it. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "system/csv_cell.h"
#include "report.h"

static void add_column(struct nc_report_table *t, const char *name)
{
    t->columns = nc_memory_grow(NULL, t->columns, t->column_count + 1, sizeof *t->columns, "the report");
    t->columns[t->column_count++] =
        (struct nc_report_column){.name = nc_memory_text(NULL, name, strlen(name), "the report")};
}

/* 0: the table begins otherwise. */
static int read_header(struct nc_report_table *t, char *line)
{
    char *at = line;
    if (strcmp(nc_csv_next_cell(&at), "epoch") != 0 || at == NULL || strcmp(nc_csv_next_cell(&at), "step") != 0)
        return 0;
    while (at != NULL)
        add_column(t, nc_csv_next_cell(&at));
    return 1;
}

static void grow_rows(struct nc_report_table *t, int capacity)
{
    t->epoch = nc_memory_grow(NULL, t->epoch, capacity, sizeof *t->epoch, "the report");
    t->step = nc_memory_grow(NULL, t->step, capacity, sizeof *t->step, "the report");
    for (int i = 0; i < t->column_count; i++) {
        t->columns[i].value = nc_memory_grow(NULL, t->columns[i].value, capacity, sizeof *t->columns[i].value,
                                             "the report");
        t->columns[i].there = nc_memory_grow(NULL, t->columns[i].there, capacity, 1, "the report");
    }
}

/* 0: it is no row. */
static int read_row(struct nc_report_table *t, char *line)
{
    char *at = line, *end;
    const int row = t->rows;
    t->epoch[row] = strtoll(nc_csv_next_cell(&at), &end, 10);
    if (at == NULL)
        return 0;
    t->step[row] = strtoll(nc_csv_next_cell(&at), &end, 10);
    for (int i = 0; i < t->column_count; i++) {
        const char *cell = at != NULL ? nc_csv_next_cell(&at) : "";
        t->columns[i].value[row] = *cell != '\0' ? strtod(cell, &end) : NAN;
        t->columns[i].there[row] = *cell != '\0';
    }
    t->rows++;
    return 1;
}

int nc_report_read_table(const char *path, struct nc_report_table *t)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    int good = 0, capacity = 0;
    FILE *file = fopen(path, "r");
    *t = (struct nc_report_table){0};
    if (file == NULL)
        return errno;
    for (int number = 0; (length = getline(&line, &size, file)) > 0; number++) {
        if (line[length - 1] != '\n') /* it is being written */
            break;
        line[--length] = '\0';
        if (t->rows == capacity)
            grow_rows(t, capacity = capacity > 0 && number > 0 ? 2 * capacity : 64);
        good = number == 0 ? read_header(t, line) : read_row(t, line);
        if (!good)
            break;
        if (number == 0)
            grow_rows(t, capacity);
    }
    free(line);
    const int error = length < 0 && !feof(file) ? errno : good ? 0 : EINVAL; /* want of memory for a line is one */
    fclose(file);
    return error;
}

void nc_report_free_table(struct nc_report_table *t)
{
    for (int i = 0; i < t->column_count; i++) {
        free(t->columns[i].name);
        free(t->columns[i].value);
        free(t->columns[i].there);
    }
    free(t->columns);
    free(t->epoch);
    free(t->step);
    *t = (struct nc_report_table){0};
}
