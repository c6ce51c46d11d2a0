/* The statement `log`: scalars into event files that TensorBoard reads while the run goes on, and into a table. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"
#include "event_file.h"
#include "parts.h"
#include "table.h"

enum { MOST_CURVES = 8, NAME = 64, MOST_WRONG = 24 };

/* A curve of a chart that has others: SummaryWriter.add_scalars gives each a folder of its own, CHART_NAME. */
struct curve {
    char name[NAME];
    struct nc_event_file events;
};

struct log_state {
    struct nc_event_file events; /* none once a write has failed; the others neither */
    struct curve curves[MOST_CURVES];
    int curve_count;
    struct nc_log_table table;
    const char *folder;
    double began;
    long long resume_epoch; /* -1: the run is new */
    struct nc_event_record record;
};

double nc_log_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static _Noreturn void cannot_log(const struct nc_run *run, const char *folder, const char *path, int error)
{
    static const char hint[] = "say where with `log`, or make room there";
    if (error == ENAMETOOLONG)
        nc_fail(run, NULL, "cannot log to '%s': its path is too long", folder);
    if (strcmp(folder, path) == 0)
        nc_fail(run, hint, "cannot log to %s: the folder cannot be made: %s", folder, strerror(error));
    nc_fail(run, hint, "cannot log to %s: %s", path, strerror(error));
}

static void log_open(struct nc_run *run, const char *folder, long long resume_step, const char *const *names,
                     int count)
{
    struct log_state *s = nc_memory(run, 1, sizeof *s, "the log");
    s->began = nc_log_time();
    s->folder = folder;
    s->resume_epoch = resume_step < 0 ? -1 : run->epoch;
    if (folder[0] == '\0')
        nc_fail(run, NULL, "cannot log to '': it is no folder");
    int error = nc_event_file_open(&s->events, folder, s->began, resume_step, &s->record);
    if (error)
        cannot_log(run, folder, s->events.path, error);
    error = nc_log_table_open(run, &s->table, folder, names, count, run->log_table, resume_step);
    if (error)
        cannot_log(run, folder, s->table.path, error);
    free(run->log_table);
    run->log_table = s->table.path;
    run->log_state = s;
    if (run->log_dated)
        nc_note(run, "logging to %s", folder);
}

static void close_files(struct log_state *s)
{
    nc_event_file_close(&s->events);
    for (int i = 0; i < s->curve_count; i++)
        nc_event_file_close(&s->curves[i].events);
    nc_log_table_close(&s->table);
}

/* A log that can't be written is given up with one warning; training goes on. */
static void give_up(struct nc_run *run, const char *path, int error)
{
    nc_warn(run, "cannot write %s: %s; nothing more is logged", path, strerror(error));
    close_files(run->log_state);
}

/* The file of a curve, which is made when there is something to write. NULL: it can't be had. */
static struct nc_event_file *curve_file(struct nc_run *run, const char *name)
{
    struct log_state *s = run->log_state;
    char folder[NC_PATH];
    for (int i = 0; i < s->curve_count; i++) {
        if (strcmp(s->curves[i].name, name) == 0)
            return &s->curves[i].events;
    }
    struct curve *curve = &s->curves[s->curve_count];
    if (snprintf(folder, sizeof folder, "%s/%s", s->folder, name) >= NC_PATH || s->curve_count == MOST_CURVES) {
        give_up(run, s->folder, ENAMETOOLONG);
        return NULL;
    }
    s->curve_count++;
    snprintf(curve->name, sizeof curve->name, "%s", name);
    int error = nc_event_file_open(&curve->events, folder, s->began, s->resume_epoch, &s->record);
    if (!error)
        return &curve->events;
    give_up(run, curve->events.path, error);
    return NULL;
}

static void log_scalar(struct nc_run *run, const char *chart, const char *name, double value, long long step)
{
    struct log_state *s = run->log_state;
    struct nc_event_file *to = &s->events;
    char column[2 * NAME];
    if (s->events.file < 0)
        return;
    if (chart != NULL) {
        snprintf(column, sizeof column, "%s_%s", chart, name);
        to = curve_file(run, column);
        if (to == NULL)
            return;
    }
    nc_log_table_set(&s->table, chart != NULL ? column : name, value);
    int error = nc_event_scalar(&s->record, nc_log_time(), step, chart != NULL ? chart : name, value) == 0
                    ? nc_event_file_write(to, &s->record) : ENOMEM;
    if (error)
        give_up(run, to->path, error);
}

static void log_row(struct nc_run *run)
{
    struct log_state *s = run->log_state;
    int error = nc_log_table_row(&s->table, run->epoch, run->steps);
    if (error)
        give_up(run, s->table.path, error);
}

void nc_log_add(struct nc_run *run, struct nc_log_part *part)
{
    struct nc_log_part **end = &run->log_parts;
    while (*end != NULL)
        end = &(*end)->next;
    *end = part;
}

struct nc_event_record *nc_log_record(struct nc_run *run)
{
    struct log_state *s = run->log_state;
    return s->events.file >= 0 ? &s->record : NULL;
}

void nc_log_write(struct nc_run *run, int made)
{
    const struct log_state *s = run->log_state;
    if (s->events.file < 0)
        return;
    int error = made == 0 ? nc_event_file_write(&s->events, &s->record) : ENOMEM;
    if (error)
        give_up(run, s->events.path, error);
}

/* Every record is written when it is made; here it only has to reach the disk. */
static void log_flush(struct nc_run *run)
{
    const struct log_state *s = run->log_state;
    if (s->events.file < 0)
        return;
    fdatasync(s->events.file);
    for (int i = 0; i < s->curve_count; i++)
        fdatasync(s->curves[i].events.file);
    fdatasync(s->table.file);
}

static void log_close(struct nc_run *run)
{
    struct log_state *s = run->log_state;
    close_files(s);
    free(s->record.bytes);
    free(s);
    run->log_state = NULL;
    run->log_table = NULL;
}

static const struct nc_log_writer WRITER = {
    .open = log_open,
    .scalar = log_scalar,
    .row = log_row,
    .flush = log_flush,
    .close = log_close,
};

/* runs/May04_22-14-54_host: the default of torch.utils.tensorboard.SummaryWriter. */
static const char *dated_folder(void)
{
    static char folder[512];
    char date[32], host[256];
    time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    strftime(date, sizeof date, "%b%d_%H-%M-%S", &local);
    nc_host_name(host, sizeof host);
    snprintf(folder, sizeof folder, "runs/%s_%s", date, host);
    return folder;
}

void nc_log(struct nc_run *run, const char *folder, int every)
{
    run->log = &WRITER;
    nc_give_text(&run->log_folder, folder != NULL ? folder : dated_folder());
    run->log_dated = folder == NULL && run->log_folder.given == 1; /* not by the command line */
    nc_give_long(&run->log_every, every);
    run->log_wrong = MOST_WRONG;
    nc_log_hparams(run);
    nc_log_record_of_run(run);
}
