/* ImageFolder: which files are samples and in what order, what is said of those that are none, what is kept of them.
 * The pictures are written here: PPM files of one colour, 5 wide and 4 high. */
#include <sys/stat.h>

#include "fails.h"
#include "internal.h"
#include "suite.h"

enum { WIDTH = 5, HEIGHT = 4, PIXELS = WIDTH * HEIGHT };

static const struct nc_model MODEL = {
    .name = "Small", .input_rank = 3, .input_shape = {3, HEIGHT, WIDTH}, .outputs = 3, .classes = 1,
};
static char folder[64];

static void start(void)
{
    make_folder(folder);
}

static void finish(void)
{
    remove_folder(folder);
}

static const char *in_folder(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void make_subfolder(const char *name)
{
    ck_assert_int_eq(mkdir(in_folder(name), 0777), 0);
}

/* Red is `colour`, green and blue the two numbers behind it. */
static void draw_sized(const char *name, int colour, int width, int height)
{
    unsigned char bytes[256];
    int length = snprintf((char *)bytes, sizeof bytes, "P6\n%d %d\n255\n", width, height);
    for (int i = 0; i < 3 * width * height; i++)
        bytes[length++] = (unsigned char)(colour + i % 3);
    write_file(folder, name, bytes, (size_t)length);
}

static void draw(const char *name, int colour)
{
    draw_sized(name, colour, WIDTH, HEIGHT);
}

/* Data sets live until the program ends: here they are kept so that no leak is seen in them. */
static struct nc_data *kept[8];
static int kept_count;

/* How a set is opened. */
struct opened {
    struct nc_run run;
    int allow_empty;
    const char *on_error, *cache;
    struct nc_data *data;
};

static void open_set(void *context)
{
    struct opened *o = context;
    o->run = (struct nc_run){.model = &MODEL, .program = "test", .data_folder = folder, .quiet = 1};
    o->data = nc_image_folder(&o->run, "photos", ".", o->allow_empty, o->on_error ? o->on_error : "raise", o->cache);
    kept[kept_count++ % 8] = o->data;
    nc_to_tensor(o->data);
    o->data->load(o->data);
    o->data->preparation->start(o->data, 1);
}

/* The colour of a sample that is made now; -1 where that fails, with `why`. */
static int colour_of(struct nc_data *data, long long sample, char *why, size_t capacity)
{
    unsigned char planes[3 * PIXELS];
    char plan[64];
    ck_assert_int_le(data->preparation->plan_bytes, (long long)sizeof plan);
    ck_assert_int_eq(data->preparation->bytes, sizeof planes);
    struct nc_why unplanned;
    ck_assert_msg(data->preparation->plan(data, sample, NULL, plan, &unplanned), "%s", unplanned.text);
    if (!data->preparation->make(data, sample, plan, 0, planes, why, capacity))
        return -1;
    for (int i = 0; i < 3 * PIXELS; i++)
        ck_assert_int_eq(planes[i], planes[0] + i / PIXELS);
    return planes[0];
}

static void expect_samples(struct nc_data *data, int count, const int *labels, const int *colours)
{
    char why[512];
    ck_assert_int_eq(data->count, count);
    for (int i = 0; i < count; i++) {
        ck_assert_int_eq(data->labels[i], labels[i]);
        ck_assert_int_eq(colour_of(data, i, why, sizeof why), colours[i]);
    }
}

/* The order is Python's: classes by their names, in each folder after folder by its whole path, in that by name. */
START_TEST(files_in_torchvisions_order)
{
    struct opened o = {0};
    static const int labels[] = {0, 0, 0, 0, 0, 1, 2}, colours[] = {70, 20, 30, 40, 50, 10, 60};
    make_subfolder("b\xc3\xa4r"); /* UTF-8 sorts by code points: behind "bees" */
    make_subfolder("bees");
    make_subfolder("Ants");
    make_subfolder("Ants/a");
    make_subfolder("Ants/a-b");
    make_subfolder("Ants/a/c");
    draw("bees/x y.JPeG", 10);
    draw("Ants/a/1.ppm", 20);
    draw("Ants/a/2.png", 30);
    draw("Ants/a-b/1.webp", 40);
    draw("Ants/a/c/1.TIFF", 50);
    draw("b\xc3\xa4r/z.bmp", 60);
    draw("Ants/z.pgm", 70);
    draw("in no folder.jpg", 80);
    draw("bees/x.jpg.txt", 90);
    draw("bees/x.GIF", 90);
    draw("bees/y.gif", 90);
    open_set(&o);
    expect_samples(o.data, 7, labels, colours);
    ck_assert_int_eq(o.data->classes, 3);
    ck_assert_str_eq(o.data->class_names[0], "Ants");
    ck_assert_str_eq(o.data->class_names[2], "b\xc3\xa4r");
    ck_assert_ptr_nonnull(strstr(o.data->remark, "2 GIF files passed over"));
}
END_TEST

START_TEST(links_are_followed)
{
    struct opened o = {0};
    static const int labels[] = {0, 1}, colours[] = {10, 10};
    make_subfolder("a");
    draw("a/1.png", 10);
    ck_assert_int_eq(symlink("a", in_folder("b")), 0);
    open_set(&o);
    expect_samples(o.data, 2, labels, colours);
    ck_assert_int_eq(symlink("..", in_folder("a/up")), 0);
    expect_failure(open_set, &o, "leads back to a folder that it stands in");
}
END_TEST

/* Levels of folders, each with two links to the next one: half a million paths, which only who remembers folders gets
 * through soon. No more levels: Linux goes through forty links, and sometimes counts a path twice. */
START_TEST(links_multiply_paths)
{
    struct opened o = {0};
    static const int label = 0, colour = 10;
    char name[64], to[64];
    make_subfolder("a");
    draw("a/1.png", 10);
    make_subfolder("b");
    for (int level = 0; level <= 18; level++) {
        snprintf(name, sizeof name, "b/%d", level);
        make_subfolder(name);
        for (int link = 0; link < 2 && level > 0; link++) {
            snprintf(name, sizeof name, "b/%d/link%d", level, link);
            snprintf(to, sizeof to, "../%d", level - 1);
            ck_assert_int_eq(symlink(to, in_folder(name)), 0);
        }
    }
    o.allow_empty = 1;
    open_set(&o);
    expect_samples(o.data, 1, &label, &colour);
    draw("b/0/1.png", 20);
    expect_failure(open_set, &o, "links lead to its folders along more than 262144 paths");
}
END_TEST

START_TEST(no_pictures)
{
    struct opened o = {0};
    expect_failure(open_set, &o, "photos: there is no folder in");
    make_subfolder("a");
    expect_failure(open_set, &o, "photos: there is no picture in");
    make_subfolder("b");
    draw("b/1.ppm", 10);
    expect_failure(open_set, &o, "/a (.jpg, .jpeg");
    static const int one = 1, ten = 10;
    o.allow_empty = 1;
    open_set(&o);
    expect_samples(o.data, 1, &one, &ten);
    remove_folder(folder);
    expect_failure(open_set, &o, "cannot be read: No such file or directory");
    ck_assert_int_eq(mkdir(folder, 0777), 0);
}
END_TEST

START_TEST(broken_pictures)
{
    struct opened o = {0};
    static const int labels[] = {0, 0}, colours[] = {10, 40};
    make_subfolder("a");
    draw("a/1.ppm", 10);
    draw("a/4.ppm", 40);
    write_file(folder, "a/2.jpg", "", 0);
    write_file(folder, "a/3.ppm", "P6\n5 4\n255\nabc", 14);
    ck_assert_int_eq(symlink("nowhere", in_folder("a/5.png")), 0);
    ck_assert_int_eq(mkfifo(in_folder("a/6.png"), 0666), 0);
    expect_failure(open_set, &o, "a/2.jpg: ");
    o.on_error = "skip";
    open_set(&o);
    expect_samples(o.data, 2, labels, colours);
    ck_assert_ptr_nonnull(strstr(o.data->remark, "4 pictures left out"));
}
END_TEST

START_TEST(pictures_of_another_size)
{
    struct opened o = {0};
    make_subfolder("a");
    draw("a/1.ppm", 10);
    draw_sized("a/2.ppm", 20, HEIGHT, WIDTH);
    expect_failure(open_set, &o, "a/2.ppm is 3x5x4 after its transforms, but the model takes 3x4x5");
}
END_TEST

/* What is kept needs its file no more; what is not is read again, and may have become another. */
START_TEST(kept_pictures)
{
    static const char *const caches[] = {NULL, "memory", "disk", "none"};
    static const char *const remarks[] = {"kept in memory: 0.0 MB", "kept in memory: 0.0 MB", "kept on disk: 0.0 MB"};
    struct opened o = {.cache = caches[_i]};
    static const int labels[] = {0, 0}, colours[] = {10, 20};
    char why[512];
    make_subfolder("a");
    draw("a/1.ppm", 10);
    draw("a/2.ppm", 20);
    open_set(&o);
    expect_samples(o.data, 2, labels, colours);
    draw("a/2.ppm", 30);
    ck_assert_int_eq(colour_of(o.data, 1, why, sizeof why), _i < 3 ? 20 : 30);
    if (_i < 3) {
        ck_assert_ptr_nonnull(strstr(o.data->remark, remarks[_i]));
        return;
    }
    draw_sized("a/2.ppm", 30, HEIGHT, WIDTH);
    ck_assert_int_eq(colour_of(o.data, 1, why, sizeof why), -1);
    ck_assert_ptr_nonnull(strstr(why, "a/2.ppm is 4x5 now, and was 5x4 when training began"));
    ck_assert_int_eq(unlink(in_folder("a/2.ppm")), 0);
    ck_assert_int_eq(colour_of(o.data, 1, why, sizeof why), -1);
    ck_assert_ptr_nonnull(strstr(why, "a/2.ppm: it cannot be opened"));
    ck_assert_ptr_null(o.data->remark);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("image_folder");
    TCase *core = tcase_create("core");
    tcase_add_checked_fixture(core, start, finish);
    tcase_add_test(core, files_in_torchvisions_order);
    tcase_add_test(core, links_are_followed);
    tcase_add_test(core, links_multiply_paths);
    tcase_add_test(core, no_pictures);
    tcase_add_test(core, broken_pictures);
    tcase_add_test(core, pictures_of_another_size);
    tcase_add_loop_test(core, kept_pictures, 0, 4);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
