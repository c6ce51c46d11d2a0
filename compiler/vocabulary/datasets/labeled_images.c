/* LabeledImages: pictures with labels beside them; netc's own, for what people write a torch.utils.data.Dataset for. */
#include <string.h>

#include "vocabulary/datasets/images.h"

enum { IMAGES, LABELS, LABEL, IMAGE_COLUMN, LABEL_COLUMN, HEADER, DELIMITER, ON_ERROR, CACHE };

static const Param params[] = {
    {"images", ARG_STRING, NULL, NULL},
    {"labels", ARG_STRING, "None", NULL},       /* a folder of .txt files, or a table; None: all have one label, */
    {"label", ARG_STRING, "None", NULL},        /* this one; None: the folder's name */
    {"image_column", ARG_COLUMNS, "0", NULL},
    {"label_column", ARG_COLUMNS, "1", NULL},
    {"header", ARG_BOOL, "None", NULL},         /* None: the first row, when none of its cells is a number */
    {"delimiter", ARG_STRING, "\",\"", NULL},
    {"on_error", ARG_STRING, "\"raise\"", NULL},
    {"cache", ARG_STRING, "None", NULL},
    {0},
};

static bool describe(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    bool good = images_check(diag, "LabeledImages", &args->at[ON_ERROR], &args->at[CACHE]);
    (void)arena;
    for (int i = IMAGE_COLUMN; i <= LABEL_COLUMN; i++)
        if (args->at[i].list_count != 1) {
            diag_error(diag, args->at[i].span, "LabeledImages expects one column for %s",
                       i == IMAGE_COLUMN ? "the pictures" : "the labels");
            good = false;
        }
    if (!args->at[LABELS].none && !args->at[LABEL].none) {
        diag_error(diag, args->at[LABEL].span, "LabeledImages expects labels or label, not both");
        good = false;
    }
    if (strlen(args->at[DELIMITER].s) != 1) {
        diag_error(diag, args->at[DELIMITER].span, "LabeledImages expects delimiter to be one character");
        good = false;
    }
    images_shape(sample, classes);
    return good;
}

const DatasetKind dataset_labeled_images = {
    .name = "LabeledImages", .summary = "pictures in a folder, with labels beside them", .params = params,
    .describe = describe, .runtime = "nc_labeled_images", .bytes = true,
    .help = {.shape = "3,height,width of each picture and its label: all different ones, sorted, or whole numbers",
             .example = "data photos = LabeledImages(\"train/ants_image\", labels=\"train/ants_label\") { ToTensor() }",
             .own = true}};
