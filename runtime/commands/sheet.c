#include "sheet.h"

#include <stdio.h>
#include <stdlib.h>

#include "data/shown.h"
#include "image/text.h"
#include "image/write_png.h"

enum { COLUMNS = 8, MOST_SAMPLES = 64, EPOCHS = COLUMNS, EPOCH_SAMPLES = 4, GAP = 4, CAPTION = 16, INK = 40 };

/* A page of `rows` rows of pictures, each with a line below it, and a line over the page and over the epochs. */
struct page {
    struct nc_image image;
    const struct nc_data *data;
    int columns, scale; /* scale: pixels of the page along a pixel of a sample */
    int top;            /* where the next row begins */
    struct nc_shades shades;
};

static int cell_width(const struct page *page)
{
    return (int)page->data->shape[2] * page->scale;
}

static int cell_height(const struct page *page)
{
    return (int)page->data->shape[1] * page->scale;
}

static int has_chance(const struct nc_data *data)
{
    return data->preparation != NULL && data->preparation->random;
}

/* ---- Samples of several epochs ----------------------------------------------------------------------------------- */

/* The first samples in EPOCHS epochs: [epoch][sample]. */
struct epochs {
    int count;                 /* samples; 0: they are always the same */
    unsigned char *slots;      /* of those after the first epoch, which is the loader's own */
    const void *input[EPOCHS][EPOCH_SAMPLES];
};

/* The random numbers are drawn from a copy of the generator, behind the first batch: those of a training run lie
 * elsewhere, since it draws others between its epochs. */
static void make_epochs(struct nc_run *run, const struct nc_loader *loader, const void *const *input, int count,
                        struct epochs *epochs)
{
    struct nc_data *data = loader->data;
    const struct nc_preparation *preparation = data->preparation;
    const long long epoch = run->epoch, bytes = preparation->bytes;
    struct nc_random random = run->random;
    struct nc_why why;
    char failure[1024];
    epochs->count = count < EPOCH_SAMPLES ? count : EPOCH_SAMPLES;
    epochs->slots = nc_memory(run, EPOCHS * EPOCH_SAMPLES, bytes, "the sheet");
    void *plan = nc_memory(run, 1, preparation->plan_bytes, "the sheet");
    for (int e = 0; e < EPOCHS; e++) {
        run->epoch = epoch + e;
        for (int n = 0; n < epochs->count; n++) {
            const int sample = loader->order[n];
            unsigned char *slot = epochs->slots + (e * EPOCH_SAMPLES + n) * bytes;
            epochs->input[e][n] = e == 0 ? input[n] : slot;
            if (e == 0)
                continue;
            if (!preparation->plan(data, sample, &random, plan, &why))
                nc_fail(run, why.hint, "%s", why.text);
            if (!preparation->make(data, sample, plan, 0, slot, failure, sizeof failure))
                nc_fail(run, NULL, "%s", failure);
        }
    }
    run->epoch = epoch;
    preparation->end_plan(data, plan);
    free(plan);
}

/* ---- The page ---------------------------------------------------------------------------------------------------- */

static void put_title(struct page *page, const char *title)
{
    nc_image_text(&page->image, GAP, page->top + 1, (page->image.width - 2 * GAP) / NC_LETTER_WIDTH, title, INK);
    page->top += CAPTION;
}

/* A picture in column `column` of the row that begins at page->top, and below it a line. */
static void put_cell(struct page *page, int column, const void *sample, const char *caption)
{
    const int left = GAP + column * (cell_width(page) + GAP);
    nc_show_sample(page->data, sample, page->shades, &page->image, left, page->top, page->scale);
    nc_image_text(&page->image, left, page->top + cell_height(page) + 1, cell_width(page) / NC_LETTER_WIDTH, caption,
                  INK);
}

static void end_row(struct page *page)
{
    page->top += cell_height(page) + CAPTION + GAP;
}

/* The name of the class, or its number; "" where the target is no class of the whole sample. */
static const char *caption_of(const struct nc_data *data, long long sample, char number[24])
{
    if (data->labels == NULL || data->places > 0)
        return "";
    const int label = data->labels[sample];
    if (data->class_names != NULL && label >= 0 && label < data->classes)
        return data->class_names[label];
    snprintf(number, 24, "%d", label);
    return number;
}

static void put_batch(struct page *page, const struct nc_loader *loader, const void *const *input, int count)
{
    char title[160], number[24];
    snprintf(title, sizeof title, "the first batch of %.80s, as the model sees it", page->data->name);
    put_title(page, title);
    for (int n = 0; n < count; n++) {
        put_cell(page, n % COLUMNS, input[n], caption_of(page->data, loader->order[n], number));
        if (n % COLUMNS == COLUMNS - 1 || n == count - 1)
            end_row(page);
    }
}

static void put_epochs(struct page *page, const struct epochs *epochs)
{
    char caption[24];
    put_title(page, "the same samples in several epochs");
    for (int n = 0; n < epochs->count; n++) {
        for (int e = 0; e < EPOCHS; e++) {
            snprintf(caption, sizeof caption, "epoch %d", e + 1);
            put_cell(page, e, epochs->input[e][n], caption);
        }
        end_row(page);
    }
}

static int rows_of(int count)
{
    return (count + COLUMNS - 1) / COLUMNS;
}

/* An empty page for so many samples of the first batch, and of each epoch. */
static void take_page(struct nc_run *run, struct page *page, int count, int of_epochs)
{
    const long long *shape = page->data->shape;
    const int rows = rows_of(count) + of_epochs;
    page->columns = of_epochs > 0 ? EPOCHS : count < COLUMNS ? count : COLUMNS;
    page->scale = nc_shown_scale(page->data);
    page->top = GAP;
    const long long width = page->columns * (shape[2] * page->scale + GAP) + GAP;
    const long long height = rows * (shape[1] * page->scale + CAPTION + GAP) + (of_epochs > 0 ? 2 : 1) * CAPTION + GAP;
    if (!nc_image_blank(&page->image, width, height, (int)shape[0]))
        nc_fail(run, NULL, "there is no memory for a sheet of %lldx%lld", width, height);
}

static void tell(const struct nc_loader *loader, const char *path, int count, int of_epochs)
{
    char number[24];
    nc_print("  sheet of the first %d samples: %s\n", count, path);
    for (int n = 0; n < count && loader->data->labels != NULL && loader->data->places == 0; n++) {
        nc_print("%s%s", n % COLUMNS == 0 ? "    " : ", ", caption_of(loader->data, loader->order[n], number));
        if (n % COLUMNS == COLUMNS - 1 || n == count - 1)
            putchar('\n');
    }
    if (of_epochs > 0)
        nc_print("    and below them %d of them in %d epochs, as the transforms draw them by chance\n", of_epochs,
                 (int)EPOCHS);
}

void nc_write_sheet(struct nc_run *run, const struct nc_loader *loader, const void *const *input, int count,
                    const char *path)
{
    const struct nc_data *data = loader->data;
    struct page page = {.data = data, .shades = NC_NO_SHADES};
    struct epochs epochs = {0};
    char error[NC_IMAGE_ERROR];
    if (!nc_is_shown(data)) {
        nc_print("  no sheet: samples are no pictures of 1 or 3 channels\n");
        return;
    }
    count = count < MOST_SAMPLES ? count : MOST_SAMPLES;
    if (has_chance(data))
        make_epochs(run, loader, input, count, &epochs);
    take_page(run, &page, count, epochs.count);
    for (int n = 0; n < count; n++)
        nc_extend_shades(&page.shades, data, input[n]);
    for (int e = 1; e < EPOCHS; e++)
        for (int n = 0; n < epochs.count; n++)
            nc_extend_shades(&page.shades, data, epochs.input[e][n]);
    put_batch(&page, loader, input, count);
    if (epochs.count > 0)
        put_epochs(&page, &epochs);
    if (!nc_image_write_png(&page.image, path, error))
        nc_fail(run, NULL, "%s", error);
    nc_image_free(&page.image);
    free(epochs.slots);
    tell(loader, path, count, epochs.count);
}
