/* progress.c: the bar of an epoch. Only a terminal gets one; the lines are printed by the loop. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "core.h"

struct nc_progress {
    int shown;  /* a bar is on the screen now */
    int active; /* there is a terminal to draw on */
    int utf8;
    long long epoch, epochs, steps, first, samples;
    double began, drawn;
};

double nc_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int utf8_terminal(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"}; /* the first that is set decides */
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && *value != '\0')
            return strcasestr(value, "utf-8") != NULL || strcasestr(value, "utf8") != NULL;
    }
    return 0;
}

struct nc_progress *nc_progress_start(const struct nc_run *run)
{
    struct nc_progress *p = nc_memory(run, 1, sizeof *p, "the progress bar");
    const char *terminal = getenv("TERM");
    p->active = !run->quiet && isatty(STDOUT_FILENO) && (terminal == NULL || strcmp(terminal, "dumb") != 0);
    p->utf8 = utf8_terminal();
    return p;
}

void nc_progress_epoch(struct nc_progress *p, long long epoch, long long epochs, long long steps, long long at)
{
    p->epoch = epoch;
    p->epochs = epochs;
    p->steps = steps;
    p->first = at;
    p->samples = 0;
    p->began = nc_seconds();
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

static int columns(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

/* `cells` places, of which done / whole are filled; in eighths where the terminal can show them. */
static void draw_bar(const struct nc_progress *p, int cells, double part)
{
    static const char *const eighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int filled = (int)(part * cells * 8);
    for (int i = 0; i < cells; i++) {
        int here = filled - 8 * i;
        if (!p->utf8)
            putchar(here >= 8 ? '#' : '.');
        else
            fputs(here >= 8 ? "█" : here <= 0 ? " " : eighths[here], stdout);
    }
}

static void draw(struct nc_progress *p, long long at, double loss, double accuracy, double now)
{
    char left[64], right[160], correct[32] = "";
    double seconds = now - p->began;
    double remaining = at > p->first ? seconds / (double)(at - p->first) * (double)(p->steps - at) : 0;
    long long whole = (long long)(remaining + 0.5);
    int left_length = snprintf(left, sizeof left, "epoch %lld/%lld %3d%% ", p->epoch, p->epochs,
                               (int)(100 * at / p->steps));
    if (accuracy >= 0)
        snprintf(correct, sizeof correct, "  accuracy %.4f", accuracy);
    int right_length = snprintf(right, sizeof right, " %lld/%lld  loss %.4f%s  %.0f samples/s  %lld:%02lld left", at,
                                p->steps, loss, correct, nc_progress_rate(p), whole / 60, whole % 60);
    int cells = columns() - 1 - left_length - right_length - 2;
    if (cells > 30)
        cells = 30;
    printf("\r\033[K%s", left);
    if (cells >= 5) {
        putchar('|');
        draw_bar(p, cells, (double)at / (double)p->steps);
        putchar('|');
    }
    if (left_length + right_length < columns())
        fputs(right, stdout);
    fflush(stdout);
    p->shown = 1;
}

void nc_progress_step(struct nc_progress *p, long long at, int samples, double loss, double accuracy)
{
    p->samples += samples;
    if (!p->active)
        return;
    double now = nc_seconds();
    if (now - p->drawn < 0.1 && at < p->steps)
        return;
    p->drawn = now;
    draw(p, at, loss, accuracy, now);
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
