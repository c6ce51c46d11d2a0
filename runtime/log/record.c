/* record.c: writes the record of a run, anew after each epoch. netc report reads it. */
#include "log/record.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "data/shown.h"
#include "image/write_png.h"
#include "log/parts.h"
#include "log/pictures.h"
#include "step/answers.h"
#include "system/base64.h"
#include "system/json.h"

enum { MOST_COMMAND = 65536, LARGEST_SIDE = 256 };

struct record {
    struct nc_log_part part;
    char path[NC_PATH];
    double began;
    int given_up;
    int pictures;                     /* PNG files can be made; or */
    char no_pictures[NC_IMAGE_ERROR]; /* why not */
};

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static void put_number(FILE *to, double x)
{
    if (isfinite(x))
        fprintf(to, "%.17g", x);
    else
        fputs("null", to); /* JSON has no other */
}

static void put_text(FILE *to, const char *name, const char *text)
{
    fprintf(to, ",\n\"%s\": ", name);
    nc_json_text(to, text);
}

/* Lines as one text. */
static void put_lines(FILE *to, const struct nc_run *run, const char *name, const char *const *lines, int count)
{
    char *text;
    size_t size;
    FILE *all = nc_memory_stream(run, &text, &size, "the log");
    for (int i = 0; i < count; i++)
        fprintf(all, "%s\n", lines[i]);
    fclose(all);
    put_text(to, name, text);
    free(text);
}

/* ---- What the run was made with ---------------------------------------------------------------------------------- */

/* The words of the command line, as the system keeps them: each with a zero behind it. */
static void put_command(FILE *to, const struct nc_run *run)
{
    char *words = nc_memory(run, MOST_COMMAND + 1, 1, "the log");
    const int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t size = 0, some = 1;
    while (file >= 0 && some > 0 && size < MOST_COMMAND) {
        some = read(file, words + size, (size_t)(MOST_COMMAND - size));
        size += some > 0 ? some : 0;
    }
    if (file >= 0)
        close(file);
    fputs(",\n\"command\": [", to);
    for (const char *word = words; word < words + size; word += strlen(word) + 1) {
        fputs(word > words ? ", " : "", to);
        nc_json_text(to, word);
    }
    fputc(']', to);
    free(words);
}

static void put_settings(FILE *to, struct nc_run *run)
{
    int count;
    struct nc_hparam *list = nc_log_settings(run, &count);
    fputs(",\n\"settings\": [", to);
    for (int i = 0; i < count; i++) {
        fputs(i > 0 ? ", [" : "[", to);
        nc_json_text(to, list[i].name);
        fputs(", ", to);
        if (list[i].text != NULL)
            nc_json_text(to, list[i].text);
        else if (list[i].flag)
            fputs(list[i].number != 0 ? "true" : "false", to);
        else
            put_number(to, list[i].number);
        fputc(']', to);
    }
    fputc(']', to);
    free(list);
}

/* The epoch is the number of those that have begun. */
static void put_head(FILE *to, const struct record *r, struct nc_run *run, int ended)
{
    char began[32];
    const time_t seconds = (time_t)r->began;
    const long long epoch = run->epoch + (run->epoch_step > 0);
    struct tm local;
    localtime_r(&seconds, &local);
    strftime(began, sizeof began, "%Y-%m-%d %H:%M:%S", &local);
    fprintf(to, "{\"netc\": \"%s\", \"began\": \"%s\", \"seconds\": %.2f, \"ended\": %s,\n\"epoch\": %lld, "
            "\"epochs\": %lld, \"steps\": %lld, \"seed\": \"%llu\", \"threads\": %lld", NETC_VERSION, began,
            nc_log_time() - r->began, ended ? "true" : "false", epoch, run->epochs.value, run->steps,
            (unsigned long long)run->seed.value, run->threads.value);
    put_text(to, "model", run->model->name);
    put_text(to, "file", run->model->file);
    put_command(to, run);
    put_settings(to, run);
    if (run->text != NULL)
        put_lines(to, run, "text", run->text, run->text_lines);
    if (run->drawing != NULL)
        put_lines(to, run, "drawing", run->drawing, run->drawing_lines);
}

/* ---- Pictures ---------------------------------------------------------------------------------------------------- */

/* A picture that is larger than anyone looks at becomes smaller by a whole factor: a pixel is the mean of a square. */
static void shrink(struct nc_image *image)
{
    const int side = image->width > image->height ? image->width : image->height;
    const int factor = (side + LARGEST_SIDE - 1) / LARGEST_SIDE, channels = image->channels;
    const int width = image->width / factor, height = image->height / factor, area = factor * factor;
    if (factor <= 1 || width == 0 || height == 0)
        return;
    for (int y = 0; y < height; y++)
        for (int i = 0; i < width * channels; i++) {
            long long sum = 0;
            for (int k = 0; k < area; k++) {
                const long long row = (long long)y * factor + k / factor;
                const long long column = (long long)(i / channels) * factor + k % factor;
                sum += image->bytes[(row * image->width + column) * channels + i % channels];
            }
            image->bytes[(long long)y * width * channels + i] = (unsigned char)((sum + area / 2) / area);
        }
    image->width = width;
    image->height = height;
}

static void put_picture(FILE *to, struct record *r, const struct nc_run *run, struct nc_image *image)
{
    char *png;
    size_t size;
    shrink(image);
    FILE *file = nc_memory_stream(run, &png, &size, "the log");
    const int made = nc_image_put_png(image, file, "a picture of the log", r->no_pictures);
    fclose(file);
    if (made) {
        fprintf(to, ", \"width\": %d, \"height\": %d, \"png\": \"", image->width, image->height);
        nc_put_base64(to, png, size);
        fputc('"', to);
    }
    free(png);
}

static void put_filters(FILE *to, struct record *r, const struct nc_run *run)
{
    const struct nc_filters filters = nc_find_filters(run->model);
    struct nc_image image = {0};
    if (filters.parameter == NULL || !r->pictures || !nc_show_filters(run, &filters, &image))
        return;
    fputs(",\n\"filters\": {\"name\": ", to);
    nc_json_text(to, filters.parameter->name);
    fprintf(to, ", \"count\": %d", filters.count);
    put_picture(to, r, run, &image);
    fputc('}', to);
    nc_image_free(&image);
}

/* ---- Answers ----------------------------------------------------------------------------------------------------- */

static void put_matrix(FILE *to, const long long *matrix, int classes)
{
    fputs(",\n  \"matrix\": [", to);
    for (int row = 0; row < classes; row++) {
        fputs(row > 0 ? ",\n    [" : "[", to);
        for (int c = 0; c < classes; c++)
            fprintf(to, "%s%lld", c > 0 ? "," : "", matrix[(long long)row * classes + c]);
        fputc(']', to);
    }
    fputc(']', to);
}

static void put_wrong(FILE *to, struct record *r, const struct nc_run *run)
{
    const struct nc_answers *a = run->answers;
    const struct nc_data *data = run->test.data;
    const int shown = r->pictures && a->bytes > 0;
    struct nc_image image = {0};
    struct nc_shades shades = NC_NO_SHADES;
    for (int i = 0; i < a->count && shown; i++)
        nc_extend_shades(&shades, data, a->wrong[i].seen);
    fputs(",\n  \"wrong\": [", to);
    for (int i = 0; i < a->count; i++) {
        const struct nc_wrong *w = &a->wrong[i];
        fprintf(to, "%s{\"sample\": %lld, \"label\": %d, \"answer\": %d, \"confidence\": ", i > 0 ? ",\n    " : "",
                w->sample, w->label, w->answer);
        put_number(to, (double)w->confidence);
        if (shown && nc_image_shape(&image, (int)data->shape[2], (int)data->shape[1], (int)data->shape[0])) {
            nc_show_sample(data, w->seen, shades, &image, 0, 0, 1);
            put_picture(to, r, run, &image);
        }
        fputc('}', to);
    }
    fputc(']', to);
    nc_image_free(&image);
}

static void put_answers(FILE *to, struct record *r, const struct nc_run *run)
{
    const struct nc_answers *a = run->answers;
    char number[16];
    if (a == NULL || !a->made)
        return;
    const int classes = nc_answers_classes(run);
    const long long *matrix = nc_metrics_matrix(run);
    fputs(",\n\"answers\": {\"classes\": [", to);
    for (int c = 0; c < classes; c++) {
        fputs(c > 0 ? ", " : "", to);
        nc_json_text(to, nc_answers_class(run, c, number));
    }
    fputs("],\n  \"samples\": [", to);
    for (int c = 0; c < classes; c++) {
        long long right, samples = nc_metrics_of_class(run, c, &right);
        fprintf(to, "%s[%lld,%lld]", c > 0 ? "," : "", samples, right);
    }
    fputc(']', to);
    if (matrix != NULL)
        put_matrix(to, matrix, classes);
    put_wrong(to, r, run);
    fputc('}', to);
}

/* ---- The profile ------------------------------------------------------------------------------------------------- */

static void put_profile_row(FILE *to, const struct nc_profile_row *row)
{
    fputs("{\"name\": ", to);
    nc_json_text(to, row->what.name);
    fputs(", \"layers\": ", to);
    nc_json_text(to, row->what.layers != NULL ? row->what.layers : "");
    fputs(", \"pass\": ", to);
    nc_json_text(to, row->what.pass != NULL ? row->what.pass : "");
    fprintf(to, ", \"line\": %d, \"seconds\": %.9g, \"share\": %.9g, \"rate\": %.9g}", row->what.line, row->seconds,
            row->share, row->rate);
}

static void put_profile(FILE *to, const struct nc_run *run)
{
    if (run->profiler == NULL)
        return;
    const struct nc_profile_table t = run->profiler->table(run);
    if (t.steps == 0)
        return;
    fprintf(to, ",\n\"profile\": {\"steps\": %lld, \"threads\": %d, \"samples\": %.9g, \"seconds\": %.9g, "
            "\"rate\": %.9g, \"peak\": %.9g,\n  \"rows\": [", t.steps, t.threads, t.samples, t.seconds, t.rate, t.peak);
    for (int i = 0; i < t.count; i++) {
        fputs(i > 0 ? ",\n    " : "", to);
        put_profile_row(to, &t.rows[i]);
    }
    fputs("]}", to);
    free(t.rows);
}

/* ---- The file ---------------------------------------------------------------------------------------------------- */

static int try_to_write(struct record *r, struct nc_run *run, int ended)
{
    struct nc_draft file;
    const int error = nc_draft_open(&file, r->path, 0);
    if (error)
        return error;
    r->pictures = nc_image_can_write_png(r->no_pictures); /* not before: no start waits for the library */
    put_head(file.file, r, run, ended);
    put_answers(file.file, r, run);
    put_filters(file.file, r, run);
    put_profile(file.file, run);
    if (!r->pictures)
        put_text(file.file, "no_pictures", r->no_pictures);
    fputs("}\n", file.file);
    return nc_draft_finish(&file, 0);
}

/* A record that can't be written is given up with one warning. */
static void write_record(struct record *r, struct nc_run *run, int ended)
{
    const int error = r->given_up ? 0 : try_to_write(r, run, ended);
    if (!error)
        return;
    nc_warn(run, "cannot write %s: %s; the log goes on without a record of the run", r->path, strerror(error));
    r->given_up = 1;
}

static void open_record(struct nc_run *run, void *own)
{
    struct record *r = own;
    r->began = nc_log_time();
    r->given_up = !nc_record_path(run->log_table, r->path);
}

static void end_epoch(struct nc_run *run, void *own)
{
    write_record(own, run, 0);
}

static void end_run(struct nc_run *run, void *own)
{
    write_record(own, run, 1);
}

void nc_log_record_of_run(struct nc_run *run)
{
    struct record *r = nc_memory(run, 1, sizeof *r, "the log");
    r->part = (struct nc_log_part){.open = open_record, .epoch = end_epoch, .end = end_run, .close = free, .own = r};
    nc_log_add(run, &r->part);
}
