/* nc_log_images: in each epoch the first samples of its first batch, as the model sees them, and what layers make of
 * them, as grids of pictures; behind it the first convolution's filters, and wrong answers. These ask for memory while
 * the run goes on: a PNG file's size is not known before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/write_png.h"
#include "parts.h"
#include "pictures.h"
#include "step/answers.h"
#include "step/step.h"

enum { ACROSS = 8, RGB = 3, MOST_PIXELS = 1 << 26 };

struct images {
    struct nc_log_part part;
    struct nc_run *run;
    int wanted;
    const struct nc_feature_map *views; /* [view_count] */
    int view_count;
    float *input;        /* [wanted][channels][rows][columns] */
    float **maps;        /* [view_count]: the same of each */
    struct nc_image grid;
    struct nc_image shown; /* what is not yet as large, and in colour, as the log has it */
    int answered;        /* evaluations whose answers are in the log */
    struct nc_pass pass; /* samples through the model in evaluation mode; of no views: none */
};

/* ---- The grid ---------------------------------------------------------------------------------------------------- */

/* Channels by threes are pictures in colour, as the tutorials reshape(-1, 3, H, W); otherwise each is one in grey. */
static int colours(long long channels)
{
    return channels % RGB == 0 ? RGB : 1;
}

/* numpy's (x * 255).clip(0, 255).astype(uint8). */
static unsigned char to_byte(float x)
{
    x *= 255.0f;
    return (unsigned char)(!(x > 0.0f) ? 0 : x > 255.0f ? 255 : x);
}

static void place_picture(struct nc_image *grid, const float *x, int colour, long long rows, long long columns,
                          long long number)
{
    const long long top = number / ACROSS * rows, left = number % ACROSS * columns;
    for (long long c = 0; c < RGB; c++) {
        const float *channel = x + (colour == RGB ? c : 0) * rows * columns;
        for (long long y = 0; y < rows; y++) {
            unsigned char *to = grid->bytes + ((top + y) * grid->width + left) * RGB + c;
            for (long long i = 0; i < columns; i++)
                to[i * RGB] = to_byte(channel[y * columns + i]);
        }
    }
}

/* How large the grid of `count` samples is. 0: too large. */
static int grid_size(long long count, const long long shape[3], long long *height, long long *width)
{
    const long long pictures = count * shape[0] / colours(shape[0]);
    *width = (pictures < ACROSS ? pictures : ACROSS) * shape[2];
    *height = (pictures + ACROSS - 1) / ACROSS * shape[1];
    return *height * *width <= MOST_PIXELS;
}

/* x [count][channels][rows][columns] as torch.utils.tensorboard's add_images lays pictures: eight side by side, without
 * a gap, black where there is none. */
static int lay_grid(struct nc_image *grid, const float *x, long long count, const long long shape[3])
{
    const int colour = colours(shape[0]);
    const long long picture = colour * shape[1] * shape[2], pictures = count * shape[0] / colour;
    long long height, width;
    grid_size(count, shape, &height, &width);
    if (!nc_image_shape(grid, (int)width, (int)height, RGB))
        return 0;
    memset(grid->bytes, 0, (size_t)(height * width * RGB));
    for (long long i = 0; i < pictures; i++)
        place_picture(grid, x + i * picture, colour, shape[1], shape[2], i);
    return 1;
}

/* Writes images->grid. */
static void log_picture(struct images *images, const char *tag)
{
    struct nc_run *run = images->run;
    struct nc_event_record *record = nc_log_record(run);
    char error[NC_IMAGE_ERROR];
    char *png;
    size_t size;
    FILE *to = nc_memory_stream(run, &png, &size, "the log");
    const int done = nc_image_put_png(&images->grid, to, tag, error);
    fclose(to);
    if (!done)
        nc_warn(run, "%s", error);
    else if (record != NULL)
        nc_log_write(run, nc_event_image(record, nc_log_time(), run->epoch, tag, images->grid.width,
                                         images->grid.height, png, size));
    free(png);
}

static void log_grid(struct images *images, const char *tag, const float *x, long long count, const long long shape[3])
{
    if (nc_log_record(images->run) == NULL || !lay_grid(&images->grid, x, count, shape))
        nc_log_write(images->run, -1);
    else
        log_picture(images, tag);
}

/* images->shown in colour as images->grid, each pixel `scale` wide and high. 0: there is no memory. */
static int enlarge(struct images *images, int scale)
{
    const struct nc_image *from = &images->shown;
    if (!nc_image_possible((long long)from->width * scale, (long long)from->height * scale, RGB)
        || !nc_image_shape(&images->grid, from->width * scale, from->height * scale, RGB))
        return 0;
    unsigned char *to = images->grid.bytes;
    for (long long y = 0; y < images->grid.height; y++)
        for (long long x = 0; x < images->grid.width; x++)
            for (int c = 0; c < RGB; c++)
                *to++ = from->bytes[(y / scale * from->width + x / scale) * from->channels
                                    + (from->channels == RGB ? c : 0)];
    return 1;
}

/* What was shown, unless there was no memory for it (0). */
static void log_shown(struct images *images, const char *tag, int made, int scale)
{
    if (made && enlarge(images, scale))
        log_picture(images, tag);
    else
        nc_log_write(images->run, -1);
}

/* ---- What is seen ------------------------------------------------------------------------------------------------ */

static void take_input(struct images *images, const struct nc_pass *step, int count)
{
    const struct nc_run *run = images->run;
    const struct nc_data *data = run->train.data;
    const long long *shape = run->model->input_shape, pixels = shape[1] * shape[2], size = shape[0] * pixels;
    for (int n = 0; n < count; n++)
        for (long long i = 0; i < size; i++)
            images->input[n * size + i] = data->element == NC_BYTE
                                              ? data->pixel[i / pixels][((const unsigned char *)step->input[n])[i]]
                                              : ((const float *)step->input[n])[i];
}

/* Takes a sample's image, channels side by side, to `map`, channel by channel. */
static void take_map(const struct nc_feature_map *view, const float *from, float *map)
{
    for (int c = 0; c < view->channels; c++)
        for (int y = 0; y < view->rows; y++)
            for (int x = 0; x < view->columns; x++)
                *map++ = from[y * view->row + x * view->column + c];
}

static void take_maps(struct images *images, const struct nc_feature_map *view, const void *memory, int first,
                      int count)
{
    const long long size = (long long)view->channels * view->rows * view->columns;
    const float *from = (const void *)((const unsigned char *)memory + view->offset);
    float *map = images->maps[view - images->views];
    for (int n = 0; n < count; n++)
        take_map(view, from + n * view->sample, map + (first + n) * size);
}

/* A microbatch has been through a phase: what that left in the thread's workspace. */
static void look(void *context, const struct nc_phase *phase, const struct nc_microbatch *mb)
{
    struct images *images = context;
    const struct nc_phase *phases = nc_pass_phases(&images->pass);
    for (int i = 0; i < images->view_count; i++) {
        if (phases + images->views[i].phase == phase && !images->views[i].in_batch)
            take_maps(images, &images->views[i], mb->workspace, mb->first, mb->count);
    }
}

static void run_views(struct images *images, const struct nc_pass *step, int count)
{
    struct nc_run *run = images->run;
    struct nc_pass *pass = &images->pass;
    pass->count = count;
    memcpy(pass->input, step->input, (size_t)count * sizeof *pass->input);
    nc_pack_evaluation(run);
    nc_pass_run(pass);
    for (int i = 0; i < images->view_count; i++) {
        if (images->views[i].in_batch)
            take_maps(images, &images->views[i], run->batch, 0, count);
    }
}

static void first_step(struct nc_run *run, void *own)
{
    struct images *images = own;
    const struct nc_pass *step = &run->step->pass;
    const int count = step->count < images->wanted ? step->count : images->wanted;
    if (count == 0 || nc_log_record(run) == NULL)
        return;
    take_input(images, step, count);
    log_grid(images, "input", images->input, count, run->model->input_shape);
    if (images->view_count == 0)
        return;
    run_views(images, step, count);
    for (int i = 0; i < images->view_count; i++) {
        const struct nc_feature_map *view = &images->views[i];
        log_grid(images, view->name, images->maps[i], count,
                 (const long long[]){view->channels, view->rows, view->columns});
    }
}

/* ---- What the epoch has learned ---------------------------------------------------------------------------------- */

static void log_epoch(struct nc_run *run, void *own)
{
    enum { FILTER_SCALE = 8 }; /* a filter has few pixels */
    struct images *images = own;
    const struct nc_filters filters = nc_find_filters(run->model);
    if (images->wanted == 0 || nc_log_record(run) == NULL)
        return;
    if (filters.parameter != NULL)
        log_shown(images, "filters", nc_show_filters(run, &filters, &images->shown), FILTER_SCALE);
    if (nc_has_wrong(run) && run->answers->made > images->answered && nc_log_record(run) != NULL)
        log_shown(images, "wrong", nc_show_wrong(run, &images->shown), 1);
    if (run->answers != NULL)
        images->answered = run->answers->made;
}

/* ---- Beginning and end ------------------------------------------------------------------------------------------- */

/* Memory for the pictures of all samples; ends the program where a grid would be too large to be looked at. */
static float *take_memory(struct images *images, const char *what, const long long shape[3])
{
    long long height, width;
    if (!grid_size(images->wanted, shape, &height, &width))
        nc_fail(images->run, "ask for fewer: log ..., images=N", "the pictures of '%s' would be a grid of %lld times "
                "%lld pixels", what, width, height);
    return nc_memory(images->run, images->wanted * shape[0] * shape[1] * shape[2], sizeof(float),
                     "pictures of the log");
}

static void open_images(struct nc_run *run, void *own)
{
    struct images *images = own;
    char error[NC_IMAGE_ERROR];
    images->wanted = (int)(run->log_images.value < run->model->batch ? run->log_images.value : run->model->batch);
    if (images->wanted == 0)
        return;
    if (!nc_image_can_write_png(error))
        nc_fail(run, "or leave images= out of `log`", "the log cannot have images: %s", error);
    images->input = take_memory(images, "input", run->model->input_shape);
    if (images->view_count == 0)
        return;
    images->maps = nc_memory(run, images->view_count, sizeof *images->maps, "pictures of the log");
    for (int i = 0; i < images->view_count; i++) {
        const struct nc_feature_map *view = &images->views[i];
        images->maps[i] = take_memory(images, view->name,
                                      (const long long[]){view->channels, view->rows, view->columns});
    }
    images->pass = (struct nc_pass){.run = run, .loader = &run->train, .stretch = images->wanted, .scale = 1.0f,
                                    .unlabelled = 1, .evaluates = 1, .ready = 1, .look = look,
                                    .context = images};
    nc_pass_prepare(&images->pass, images->wanted, images->wanted, "pictures of the log");
}

static void close_images(void *own)
{
    struct images *images = own;
    for (int i = 0; i < images->view_count && images->maps != NULL; i++)
        free(images->maps[i]);
    nc_pass_free(&images->pass);
    free(images->maps);
    free(images->input);
    nc_image_free(&images->grid);
    nc_image_free(&images->shown);
    free(images);
}

void nc_log_images(struct nc_run *run, int count, const struct nc_feature_map *views, int view_count)
{
    struct images *images = nc_memory(run, 1, sizeof *images, "the log");
    nc_give_long(&run->log_images, count);
    run->log_shows = 1;
    *images = (struct images){.run = run, .views = views, .view_count = view_count};
    images->part = (struct nc_log_part){.open = open_images, .first_step = first_step, .epoch = log_epoch,
                                        .close = close_images, .own = images};
    nc_log_add(run, &images->part);
}
