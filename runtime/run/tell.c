/* tell.c: what a run prints: its steps, its epochs, and at the end a table of these and where everything was saved. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "step/optimizer.h"
#include "system/printable.h"

enum { NC_PATH = 4096 };

/* The columns of the table. */
enum { EPOCH, TRAIN_LOSS, TRAIN_SUM, TRAIN_ACCURACY, TEST_LOSS, TEST_SUM, TEST_ACCURACY, SECONDS, COLUMNS };

struct row {
    double value[COLUMNS];
    int there[COLUMNS];
};

struct nc_told {
    struct row *rows; /* [count] an epoch each */
    int count;
    char saved[NC_PATH], best[NC_PATH]; /* the last files; "": none */
    int files;                          /* that were written under different names, but for the best epoch's */
};

/* ---- Steps and epochs -------------------------------------------------------------------------------------------- */

void nc_tell_begin(struct nc_run *run)
{
    run->told = nc_memory(run, 1, sizeof *run->told, "the table of the epochs");
}

void nc_tell_free(struct nc_run *run)
{
    if (run->told == NULL)
        return;
    free(run->told->rows);
    free(run->told);
}

int nc_tell_due(const struct nc_run *run)
{
    return run->steps % run->log_every.value == 0 || nc_progress_due(run->progress);
}

void nc_tell_step(struct nc_run *run, const struct nc_progress_state *at, const struct nc_score *score,
                  long long samples)
{
    char accuracy[48] = "";
    nc_progress_step(run->progress, run->epoch_step, samples, at->loss / (double)run->epoch_step,
                     run->model->classes ? nc_ratio(at->correct, at->seen) : -1, run->parts[0].value[0]);
    if (run->steps % run->log_every.value != 0)
        return;
    nc_log_step(run, score);
    if (nc_progress_terminal(run->progress))
        return;
    if (run->model->classes)
        snprintf(accuracy, sizeof accuracy, "  accuracy %.4f", nc_ratio(at->correct, at->seen));
    nc_note(run, "step %lld  loss %f%s  seconds %.2f", run->steps, score->loss, accuracy,
            nc_progress_stretch(run->progress));
}

/* A line of results: with --quiet only the run's last ones are printed. */
static void tell_result(const struct nc_run *run, int last, const char *line)
{
    if (run->quiet && last)
        nc_print("%s\n", line);
    nc_note(run, "%s", line);
}

static void tell_metrics(const struct nc_run *run, int last)
{
    char line[1024];
    size_t length = (size_t)snprintf(line, sizeof line, "metrics  ");
    nc_metrics_line(run, line + length, sizeof line - length);
    if (line[length] != '\0')
        tell_result(run, last, line);
}

/* What an evaluation gave; without one (NULL) "". */
static size_t test_text(const struct nc_run *run, const struct nc_score *test, char *text, size_t size)
{
    char accuracy[48] = "";
    if (test == NULL)
        return 0;
    if (run->model->classes)
        snprintf(accuracy, sizeof accuracy, "  test_accuracy %.4f", nc_ratio(test->correct, test->judged));
    return (size_t)snprintf(text, size, "  test_loss %f  sum %f%s", test->loss, test->loss_sum, accuracy);
}

static void put(struct row *row, int column, double value)
{
    row->value[column] = value;
    row->there[column] = 1;
}

static void keep_row(struct nc_run *run, const struct nc_progress_state *at, const struct nc_score *test,
                     double seconds)
{
    struct nc_told *told = run->told;
    struct row row = {0}; /* what an epoch was not tested for stays empty */
    put(&row, EPOCH, (double)(run->epoch + 1));
    put(&row, SECONDS, seconds);
    if (run->epoch_step > 0) {
        put(&row, TRAIN_LOSS, at->loss / (double)run->epoch_step);
        put(&row, TRAIN_SUM, at->loss);
    }
    if (run->epoch_step > 0 && run->model->classes)
        put(&row, TRAIN_ACCURACY, nc_ratio(at->correct, at->seen));
    if (test != NULL) {
        put(&row, TEST_LOSS, test->loss);
        put(&row, TEST_SUM, test->loss_sum);
    }
    if (test != NULL && run->model->classes)
        put(&row, TEST_ACCURACY, nc_ratio(test->correct, test->judged));
    told->rows = nc_memory_grow(run, told->rows, told->count + 1, sizeof *told->rows, "the table of the epochs");
    told->rows[told->count++] = row;
}

/* The parts of an epoch's line. A terminal that is too narrow is without some, the first ones in this order; but for
 * the last that is there. */
enum { RATE, LOSS_SUM, TIME, LEARNED_ACCURACY, LEARNED_LOSS, TESTED_LOSS, TESTED_ACCURACY, PARTS };

struct parts {
    char text[PARTS][48]; /* "": there is none */
};

static struct parts epoch_parts(const struct nc_run *run, const struct nc_progress_state *at,
                                const struct nc_score *test, double seconds, double rate)
{
    struct parts parts = {0};
    const int classes = run->model->classes;
    const size_t size = sizeof parts.text[0];
    if (run->epoch_step > 0)
        snprintf(parts.text[LEARNED_LOSS], size, "  train_loss %f", at->loss / (double)run->epoch_step);
    if (run->epoch_step > 0 && classes)
        snprintf(parts.text[LEARNED_ACCURACY], size, "  train_accuracy %.4f", nc_ratio(at->correct, at->seen));
    if (test != NULL) {
        snprintf(parts.text[TESTED_LOSS], size, "  test_loss %f", test->loss);
        snprintf(parts.text[LOSS_SUM], size, "  sum %f", test->loss_sum);
    }
    if (test != NULL && classes)
        snprintf(parts.text[TESTED_ACCURACY], size, "  test_accuracy %.4f", nc_ratio(test->correct, test->judged));
    snprintf(parts.text[RATE], size, "  samples/s %.0f", rate);
    snprintf(parts.text[TIME], size, "  seconds %.2f", seconds);
    return parts;
}

/* Leaves out what does not fit behind `begun` letters. */
static void fit_parts(struct parts *parts, size_t begun, int terminal)
{
    size_t whole = begun;
    int left = 0;
    for (int i = 0; i < PARTS; i++) {
        whole += strlen(parts->text[i]);
        left += parts->text[i][0] != '\0';
    }
    for (int i = 0; i < PARTS && terminal > 0 && whole >= (size_t)terminal && left > 1; i++) {
        left -= parts->text[i][0] != '\0';
        whole -= strlen(parts->text[i]);
        parts->text[i][0] = '\0';
    }
}

void nc_tell_epoch(struct nc_run *run, const struct nc_progress_state *at, const struct nc_score *test, double seconds,
                   double rate, int last)
{
    static const int order[PARTS] = {LEARNED_LOSS, LEARNED_ACCURACY, TESTED_LOSS, LOSS_SUM, TESTED_ACCURACY, RATE,
                                     TIME};
    char line[512];
    struct parts parts = epoch_parts(run, at, test, seconds, rate);
    size_t length = (size_t)snprintf(line, sizeof line, "epoch %lld", run->epoch + 1);
    fit_parts(&parts, length, nc_terminal_columns());
    for (int i = 0; i < PARTS; i++)
        length += (size_t)snprintf(line + length, sizeof line - length, "%s", parts.text[order[i]]);
    tell_result(run, last, line);
    if (test != NULL)
        tell_metrics(run, last);
    keep_row(run, at, test, seconds);
}

void nc_tell_restored(struct nc_run *run, const struct nc_score *test)
{
    char line[256];
    size_t length = (size_t)snprintf(line, sizeof line, "restored the parameters of epoch %lld", run->stop.epoch + 1);
    test_text(run, test, line + length, sizeof line - length);
    tell_result(run, 1, line);
    if (test != NULL)
        tell_metrics(run, 1);
}

void nc_tell_saved(struct nc_run *run, const char *path, int best)
{
    struct nc_told *told = run->told;
    told->files += !best && strcmp(told->saved, path) != 0;
    snprintf(best ? told->best : told->saved, NC_PATH, "%s", path);
}

/* ---- The table of the epochs ------------------------------------------------------------------------------------- */

enum { CELL = 32, GAP = 2, FIRST_ROWS = 3, MOST_ROWS = 24 };

/* The heads stand in two lines, the first one over what is of the training or of the test data. digits: behind the
 * point. drop: what a narrow terminal is without, the least important one first; 0: never. */
static const struct column {
    const char *over, *head;
    int digits, drop;
} columns[COLUMNS] = {
    [EPOCH] = {"", "epoch", 0, 0}, [TRAIN_LOSS] = {"train", "loss", 6, 5}, [TRAIN_SUM] = {"train", "sum", 3, 1},
    [TRAIN_ACCURACY] = {"train", "accuracy", 4, 4}, [TEST_LOSS] = {"test", "loss", 6, 0},
    [TEST_SUM] = {"test", "sum", 3, 2}, [TEST_ACCURACY] = {"test", "accuracy", 4, 0},
    [SECONDS] = {"", "seconds", 2, 3},
};

enum { DROPS = 5 };

static int cell_text(const struct row *row, int column, char text[CELL])
{
    return row->there[column] ? snprintf(text, CELL, "%.*f", columns[column].digits, row->value[column]) : 0;
}

/* How wide each column is; 0: it is left out. */
static void measure(const struct nc_told *told, int terminal, int width[COLUMNS])
{
    char text[CELL];
    int whole = 0;
    for (int c = 0; c < COLUMNS; c++) {
        int there = 0;
        width[c] = (int)strlen(columns[c].head);
        for (int i = 0; i < told->count; i++) {
            const int length = cell_text(&told->rows[i], c, text);
            there |= told->rows[i].there[c];
            width[c] = length > width[c] ? length : width[c];
        }
        width[c] = there ? width[c] + GAP : 0;
        whole += width[c];
    }
    for (int drop = 1; drop <= DROPS && terminal > 0 && whole >= terminal; drop++) {
        for (int c = 0; c < COLUMNS; c++) {
            whole -= columns[c].drop == drop ? width[c] : 0;
            width[c] = columns[c].drop == drop ? 0 : width[c];
        }
    }
}

/* "train" and "test", each over the first of its columns that are shown. */
static void tell_over(const int width[COLUMNS])
{
    char line[COLUMNS * (CELL + GAP)];
    const char *before = "";
    int length = 0;
    for (int c = 0; c < COLUMNS; c++) {
        const char *over = width[c] > 0 && strcmp(columns[c].over, before) != 0 ? columns[c].over : "";
        if (width[c] == 0)
            continue;
        before = columns[c].over;
        length += snprintf(line + length, sizeof line - (size_t)length, "%*s", width[c], over);
    }
    while (length > 0 && line[length - 1] == ' ')
        line[--length] = '\0';
    nc_print("%s\n", line);
}

static void tell_table(const struct nc_run *run)
{
    const struct nc_told *told = run->told;
    const int bold = nc_shows_colours(stdout);
    int width[COLUMNS];
    char text[CELL];
    measure(told, nc_terminal_columns(), width);
    fputs(bold ? "\033[1m" : "", stdout);
    tell_over(width);
    for (int c = 0; c < COLUMNS; c++)
        nc_print("%*s", width[c], width[c] > 0 ? columns[c].head : "");
    fputs(bold ? "\033[0m\n" : "\n", stdout);
    for (int i = 0; i < told->count; i++) {
        if (told->count > MOST_ROWS && i == FIRST_ROWS) {
            i = told->count - MOST_ROWS + FIRST_ROWS;
            nc_print("%*s\n", width[EPOCH], "...");
        }
        for (int c = 0; c < COLUMNS; c++) {
            cell_text(&told->rows[i], c, text);
            nc_print("%*s", width[c], width[c] > 0 && told->rows[i].there[c] ? text : "");
        }
        putchar('\n');
    }
}

void nc_tell_end(struct nc_run *run)
{
    const struct nc_told *told = run->told;
    char newest[48] = "";
    if (run->quiet)
        return;
    if (told->count > 1)
        tell_table(run);
    const int stay = run->save_keep.given ? run->saved_count : told->files;
    if (stay > 1)
        snprintf(newest, sizeof newest, ", the newest of %d", stay);
    if (told->saved[0] != '\0')
        nc_note(run, "checkpoints: %s%s", told->saved, newest);
    if (told->best[0] != '\0')
        nc_note(run, "best epoch: %s", told->best);
    if (run->log_table != NULL)
        nc_note(run, "log: tensorboard --logdir %s; table: %s", run->log_folder.value, run->log_table);
    if (run->log_table != NULL && run->report_name.value != NULL)
        nc_note(run, "report: %s", run->report_name.value);
}
