/* progress.c: the bar of an epoch. Only a terminal gets one; the lines are printed by run/tell.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "core.h"
#include "system/printable.h"

static const double often = 0.1; /* seconds from one bar to the next */

struct nc_progress {
    int shown;  /* a bar is on the screen now */
    int active; /* there is a terminal to draw on */
    int utf8, colours;
    long long epoch, epochs, steps, first, samples;
    double began, drawn;
    double stretch, marked; /* the seconds that steps took since the last line about them, but for those since then */
};

double nc_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

struct nc_progress *nc_progress_start(const struct nc_run *run)
{
    struct nc_progress *p = nc_memory(run, 1, sizeof *p, "the progress bar");
    p->active = !run->quiet && nc_obeys_escapes(stdout);
    p->utf8 = nc_speaks_utf8();
    p->colours = nc_shows_colours(stdout);
    return p;
}

void nc_progress_epoch(struct nc_progress *p, long long epoch, long long epochs, long long steps, long long at)
{
    p->epoch = epoch;
    p->epochs = epochs;
    p->steps = steps;
    p->first = at;
    p->samples = 0;
    p->began = p->marked = nc_seconds();
    p->drawn = 0;
}

int nc_progress_terminal(const struct nc_progress *p)
{
    return p->active;
}

double nc_progress_rate(const struct nc_progress *p)
{
    double seconds = nc_seconds() - p->began;
    return seconds > 0 ? (double)p->samples / seconds : 0;
}

void nc_progress_pause(struct nc_progress *p)
{
    p->stretch += nc_seconds() - p->marked;
}

double nc_progress_stretch(struct nc_progress *p)
{
    const double now = nc_seconds(), stretch = p->stretch + now - p->marked;
    p->marked = now;
    p->stretch = 0;
    return stretch;
}

int nc_terminal_columns(void)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO))
        return 0;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* ---- The bar, as tqdm has it ------------------------------------------------------------------------------------- */

/* `cells` places, of which a part is filled; in eighths where the terminal can show them. */
static void draw_bar(const struct nc_progress *p, int cells, double part)
{
    static const char *const eighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int filled = (int)(part * cells * 8);
    fputs(p->colours ? " |\033[32m" : " |", stdout);
    for (int i = 0; i < cells; i++) {
        int here = filled - 8 * i;
        if (!p->utf8)
            putchar(here >= 8 ? '#' : '.');
        else
            fputs(here >= 8 ? "█" : here <= 0 ? " " : eighths[here], stdout);
    }
    fputs(p->colours ? "\033[0m|" : "|", stdout);
}

/* 1:05, 1:00:05. */
static void time_text(char *text, size_t size, double seconds)
{
    const long long whole = (long long)(seconds + 0.5);
    if (whole < 3600)
        snprintf(text, size, "%lld:%02lld", whole / 60, whole % 60);
    else
        snprintf(text, size, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
}

/* What goes first where the terminal is narrow. */
enum { ALL, WITHOUT_LR, WITHOUT_RATE, WITHOUT_BAR, WITHOUT_COUNT, WITHOUT_ACCURACY, WITHOUT_TIMES, WITHOUT_LOSS };

enum { LEAST_CELLS = 10, MOST_CELLS = 30, EDGES = 3, TEXT = 256 };

struct shown {
    long long at;
    double loss, accuracy, lr;
};

/* What stands behind the bar. Returns its length. */
static int right_text(const struct nc_progress *p, const struct shown *now, double elapsed, int without,
                      char text[TEXT])
{
    const double left = now->at > p->first
                            ? elapsed / (double)(now->at - p->first) * (double)(p->steps - now->at) : 0;
    char spent[32], remaining[32];
    int length = 0;
    text[0] = '\0';
    time_text(spent, sizeof spent, elapsed);
    time_text(remaining, sizeof remaining, left);
    if (without < WITHOUT_COUNT)
        length += snprintf(text + length, TEXT - (size_t)length, " %lld/%lld", now->at, p->steps);
    if (without < WITHOUT_TIMES)
        length += snprintf(text + length, TEXT - (size_t)length, " [%s<%s", spent, remaining);
    if (without < WITHOUT_RATE)
        length += snprintf(text + length, TEXT - (size_t)length, ", %.0f samples/s", nc_progress_rate(p));
    if (without < WITHOUT_TIMES)
        length += snprintf(text + length, TEXT - (size_t)length, "]");
    if (without < WITHOUT_LOSS)
        length += snprintf(text + length, TEXT - (size_t)length, "  loss %#.4g", now->loss);
    if (without < WITHOUT_ACCURACY && now->accuracy >= 0)
        length += snprintf(text + length, TEXT - (size_t)length, "  accuracy %.4f", now->accuracy);
    if (without < WITHOUT_LR)
        length += snprintf(text + length, TEXT - (size_t)length, "  lr %.4g", now->lr);
    return length;
}

static void draw(struct nc_progress *p, const struct shown *now, double time)
{
    const int columns = nc_terminal_columns() - 1; /* a terminal goes to the next line behind the last one */
    char left[TEXT], right[TEXT];
    int without = ALL, length;
    const int left_length = snprintf(left, sizeof left, "epoch %lld/%lld %3d%%", p->epoch, p->epochs,
                                     (int)(100 * now->at / p->steps));
    for (;; without++) {
        length = left_length + right_text(p, now, time - p->began, without, right);
        if (without == WITHOUT_LOSS || length + (without < WITHOUT_BAR ? LEAST_CELLS + EDGES : 0) <= columns)
            break;
    }
    const int cells = columns - length - EDGES;
    printf("\r\033[K%.*s", columns, left);
    if (without < WITHOUT_BAR)
        draw_bar(p, cells < MOST_CELLS ? cells : MOST_CELLS, (double)now->at / (double)p->steps);
    fputs(right, stdout);
    fflush(stdout);
    p->shown = 1;
}

int nc_progress_due(const struct nc_progress *p)
{
    return p->active && nc_seconds() - p->drawn >= often;
}

void nc_progress_step(struct nc_progress *p, long long at, long long samples, double loss, double accuracy, double lr)
{
    p->samples += samples;
    if (!p->active)
        return;
    double now = nc_seconds();
    if (now - p->drawn < often && at < p->steps)
        return;
    p->drawn = now;
    draw(p, &(struct shown){at, loss, accuracy, lr}, now);
}

void nc_progress_testing(struct nc_progress *p)
{
    char text[TEXT];
    if (!p->active)
        return;
    snprintf(text, sizeof text, "epoch %lld/%lld  testing", p->epoch, p->epochs);
    printf("\r\033[K%.*s", nc_terminal_columns() - 1, text);
    fflush(stdout);
    p->shown = 1;
}

void nc_progress_break(struct nc_progress *p)
{
    if (p == NULL || !p->shown)
        return;
    fputs("\r\033[K", stdout);
    fflush(stdout);
    p->shown = 0;
}

void nc_progress_stop(struct nc_progress *p)
{
    nc_progress_break(p);
    free(p);
}
