/* wrong.c: the wrong answers that a model was surest of, as one picture. */

#include "data/shown.h"
#include "image/text.h"
#include "log/pictures.h"
#include "step/answers.h"

enum { ACROSS = 8, GAP = 4, LINE = NC_LETTER_HEIGHT + 1, INK = 40 };

int nc_has_wrong(const struct nc_run *run)
{
    return run->answers != NULL && run->answers->made > 0 && run->answers->count > 0 && run->answers->bytes > 0;
}

/* The sample, and below it what the model took it for, how surely, and what it is. */
static void put_wrong(const struct nc_run *run, const struct nc_wrong *wrong, struct nc_shades shades, int scale,
                      struct nc_image *image, int left, int top)
{
    const struct nc_data *data = run->test.data;
    const int cells = (int)data->shape[2] * scale / NC_LETTER_WIDTH;
    char text[300], number[16];
    nc_show_sample(data, wrong->seen, shades, image, left, top, scale);
    top += (int)data->shape[1] * scale + 1;
    snprintf(text, sizeof text, "%2.0f%% %.280s", 100.0 * (double)wrong->confidence,
             nc_answers_class(run, wrong->answer, number));
    nc_image_text(image, left, top, cells, text, INK);
    snprintf(text, sizeof text, "is  %.280s", nc_answers_class(run, wrong->label, number));
    nc_image_text(image, left, top + LINE, cells, text, INK);
}

int nc_show_wrong(const struct nc_run *run, struct nc_image *image)
{
    const struct nc_answers *a = run->answers;
    const struct nc_data *data = run->test.data;
    const int scale = nc_shown_scale(data), columns = a->count < ACROSS ? a->count : ACROSS;
    const long long width = data->shape[2] * scale + GAP, height = data->shape[1] * scale + 2 * LINE + GAP;
    const int rows = (a->count + ACROSS - 1) / ACROSS;
    struct nc_shades shades = NC_NO_SHADES;
    if (!nc_image_blank(image, columns * width + GAP, rows * height + GAP, (int)data->shape[0]))
        return 0;
    for (int i = 0; i < a->count; i++)
        nc_extend_shades(&shades, data, a->wrong[i].seen);
    for (int i = 0; i < a->count; i++)
        put_wrong(run, &a->wrong[i], shades, scale, image, GAP + i % ACROSS * (int)width,
                  GAP + i / ACROSS * (int)height);
    return 1;
}
