/* The table of scalars: RFC 4180, numbers as C prints them, empty where a row has none. */
#include "table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "system/csv_cell.h"
#include "system/whole.h"

enum { CELL = 40 }; /* of a number, with its comma */

static char *header(struct nc_run *run, const struct nc_log_table *t, size_t *size)
{
    char *text;
    FILE *to = nc_memory_stream(run, &text, size, "the log");
    fputs("epoch,step", to);
    for (int i = 0; i < t->count; i++) {
        fputc(',', to);
        nc_csv_put_cell(to, t->names[i]);
    }
    fputc('\n', to);
    fclose(to);
    return text;
}

/* How much of a table there was up to `step`, its header with it; 0: it has another header. -1: it can't be read. */
static long long kept_bytes(FILE *file, const char *head, size_t size, long long step)
{
    char *line = NULL;
    size_t capacity = 0;
    long long kept = 0;
    ssize_t length = getline(&line, &capacity, file);
    if (length == (ssize_t)size && memcmp(line, head, size) == 0)
        kept = length;
    while (kept > 0 && (length = getline(&line, &capacity, file)) > 0 && line[length - 1] == '\n') {
        long long at;
        if (sscanf(line, "%*d,%lld", &at) != 1 || at >= step)
            break;
        kept += length;
    }
    free(line);
    return length < 0 && !feof(file) ? -1 : kept; /* a line that finds no memory is no error of the file */
}

/* Cuts the table that is open to what is kept of it; closes it where it has other columns. 0, or an errno. */
static int cut(struct nc_log_table *t, const char *head, size_t size, long long step)
{
    const int again = dup(t->file);
    FILE *file = again >= 0 ? fdopen(again, "r") : NULL;
    const int error = file == NULL ? errno : 0;
    if (file == NULL && again >= 0)
        close(again);
    if (error)
        return error;
    const long long kept = kept_bytes(file, head, size, step);
    const int unread = kept < 0 ? errno : 0;
    fclose(file);
    if (unread)
        return unread;
    if (kept > 0)
        return ftruncate(t->file, (off_t)kept) == 0 ? 0 : errno;
    close(t->file);
    t->file = -1;
    return 0;
}

/* Opens the table that the run had, where that is in the folder and has these columns. 0, or an errno. */
static int go_on(struct nc_log_table *t, const char *folder, const char *before, const char *head, size_t size,
                 long long step)
{
    const size_t length = strlen(folder);
    if (before == NULL || strncmp(before, folder, length) != 0 || before[length] != '/' ||
        strchr(before + length + 1, '/') != NULL || snprintf(t->path, sizeof t->path, "%s", before) >= NC_PATH)
        return 0;
    t->file = open(t->path, O_RDWR | O_APPEND | O_CLOEXEC);
    if (t->file >= 0)
        return cut(t, head, size, step);
    return errno == ENOENT ? 0 : errno;
}

/* 0, or an errno. */
static int create(struct nc_log_table *t, const char *folder)
{
    for (int number = 1; number < 100000; number++) {
        char suffix[16] = "";
        if (number > 1)
            snprintf(suffix, sizeof suffix, "_%d", number);
        if (snprintf(t->path, sizeof t->path, "%s/scalars%s.csv", folder, suffix) >= (int)sizeof t->path)
            return ENAMETOOLONG;
        t->file = open(t->path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
        if (t->file >= 0)
            return 0;
        if (errno != EEXIST)
            return errno;
    }
    return EEXIST;
}

int nc_log_table_open(struct nc_run *run, struct nc_log_table *t, const char *folder, const char *const *names,
                      int count, const char *before, long long resume_step)
{
    *t = (struct nc_log_table){.file = -1, .names = names, .count = count, .capacity = (size_t)(count + 2) * CELL};
    t->values = nc_memory(run, count, sizeof *t->values, "the log");
    t->there = nc_memory(run, count, sizeof *t->there, "the log");
    t->text = nc_memory(run, 1, (long long)t->capacity, "the log");
    size_t size;
    char *head = header(run, t, &size);
    int error = resume_step < 0 ? 0 : go_on(t, folder, before, head, size, resume_step);
    if (!error && t->file < 0) {
        error = create(t, folder);
        if (!error)
            error = nc_write_whole(t->file, head, size);
    }
    free(head);
    return error;
}

void nc_log_table_set(struct nc_log_table *t, const char *name, double value)
{
    for (int i = 0; i < t->count; i++) {
        if (strcmp(t->names[i], name) != 0)
            continue;
        t->values[i] = value;
        t->there[i] = 1;
    }
}

int nc_log_table_row(struct nc_log_table *t, long long epoch, long long step)
{
    if (t->file < 0)
        return 0;
    size_t length = (size_t)snprintf(t->text, t->capacity, "%lld,%lld", epoch, step);
    for (int i = 0; i < t->count; i++) {
        length += (size_t)(t->there[i] ? snprintf(t->text + length, t->capacity - length, ",%.9g", t->values[i])
                                       : snprintf(t->text + length, t->capacity - length, ","));
        t->there[i] = 0;
    }
    t->text[length++] = '\n';
    return nc_write_whole(t->file, t->text, length);
}

void nc_log_table_close(struct nc_log_table *t)
{
    if (t->file >= 0)
        close(t->file);
    t->file = -1;
    free(t->values);
    free(t->there);
    free(t->text);
    t->values = NULL;
    t->there = NULL;
    t->text = NULL;
    t->count = 0;
}
