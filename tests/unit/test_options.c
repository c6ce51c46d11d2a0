/* The command line of a trainer: what is taken, what is refused and with which exit status. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "step/optimizer.h"
#include "suite.h"

static const struct nc_model model = {.name = "Toy", .file = "toy.net", .batch = 16};

static struct nc_run *start(const char *const *words)
{
    char *argv[16] = {(char *)"/some/where/toy"};
    int argc = 1;
    while (*words != NULL)
        argv[argc++] = (char *)*words++;
    return nc_start(&model, argc, argv);
}

#define START(...) start((const char *const[]){__VA_ARGS__, NULL})

START_TEST(command_line_wins)
{
    struct nc_run *run = START("--epochs", "7", "--set", "train.optimizer.momentum=0.5", "--lr=0.25", "--log-every=3",
                               "--set", "train.data.shuffle=False", "--data", "there", "--load", "a.pth", "--quiet");
    struct nc_data data = {0};
    nc_epochs(run, 10);
    nc_seed(run, 3);
    nc_sgd(run, 0.1, 0.9, 0, 5e-4, 1, 0);
    nc_check_settings(run);
    nc_train_data(run, &data, 16, 1, 1);
    ck_assert_str_eq(run->program, "toy");
    ck_assert_int_eq(run->epochs.value, 7);
    ck_assert_int_eq(run->seed.value, 3);
    ck_assert_int_eq(run->log_every.value, 3);
    const double *value = run->parts[0].value; /* lr, momentum, dampening, weight_decay, nesterov */
    ck_assert(value[0] == 0.25 && value[1] == 0.5 && value[3] == 5e-4 && value[4] == 1);
    ck_assert_int_eq(run->train.shuffle.value, 0);
    ck_assert_int_eq(run->train.drop_last.value, 1);
    ck_assert_str_eq(nc_data_root(run, "here"), "there");
    ck_assert_str_eq(run->load_name.value, "a.pth");
    ck_assert_int_eq(run->quiet, 1);
    free(run->parts);
    free(run->overrides);
    free(run->words);
    free(run);
}
END_TEST

START_TEST(commands_and_resume)
{
    struct nc_run *run = START("--resume", "test");
    ck_assert(run->resume && run->resume_name == NULL && run->command == NC_COMMAND_TEST);
    free(run->words);
    free(run);
    run = START("train", "--resume", "x.pth", "--max-steps", "5");
    ck_assert(run->resume && run->command == NC_COMMAND_TRAIN);
    ck_assert_str_eq(run->resume_name, "x.pth");
    ck_assert_int_eq(run->max_steps.value, 5);
    free(run->words);
    free(run);
    run = START("--resume", "gradients");
    ck_assert(run->resume_name == NULL && run->command == NC_COMMAND_GRADIENTS);
    free(run->words);
    free(run);
    run = START("--resume=y.pth");
    ck_assert_str_eq(run->resume_name, "y.pth");
    free(run->words);
    free(run);
}
END_TEST

START_TEST(names)
{
    static const char *const words[] = {"epochs", "seed", "threads", NULL};
    ck_assert_str_eq(nc_did_you_mean("epohcs", words), "epochs");
    ck_assert_str_eq(nc_did_you_mean("sed", words), "seed");
    ck_assert_ptr_null(nc_did_you_mean("momentum", words));
    ck_assert_ptr_null(nc_did_you_mean("", words));

    struct nc_run run = {0};
    char path[32];
    nc_save_path(&run, "net_{epoch}_{step}_{epoch}.pth", 12, 600, path, sizeof path);
    ck_assert_str_eq(path, "net_12_600_12.pth");

    static const struct {
        const char *name, *path;
        int fits;
        long long epoch, steps;
    } rows[] = {
        {"net_{epoch}_{step}_{epoch}.pth", "net_12_600_12.pth", 1, 12, 600},
        {"net_{epoch}_{step}_{epoch}.pth", "net_12_600_13.pth", 0, -1, -1},
        {"{epoch}{step}0", "1230", 1, 1, 23}, {"{epoch}.pth", "0.pth", 1, 0, -1}, {"{epoch}.pth", "00.pth", 0, -1, -1},
        {"{epoch}.pth", ".pth", 0, -1, -1}, {"{epoch}.pth", "1.pth.old", 0, -1, -1},
        {"{epoch}", "99999999999999999999", 0, -1, -1}, {"net.pth", "net.pth", 1, -1, -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        long long epoch, steps;
        ck_assert_int_eq(nc_save_fits(rows[i].name, rows[i].path, &epoch, &steps), rows[i].fits);
        ck_assert(epoch == rows[i].epoch && steps == rows[i].steps);
    }

    static const char *const best[][2] = {
        {"net_{epoch}.pth", "net_best.pth"}, {"a.b/net", "a.b/net_best"}, {"net.pth", "net_best.pth"},
        {"{epoch}_{step}.pth", "best.pth"}, {"a/.pth", "a/.pth_best"}, {"r{epoch}/x_{step}", "rbest"},
    };
    for (size_t i = 0; i < sizeof best / sizeof *best; i++) {
        run.save_name.value = best[i][0];
        nc_best_path(&run, path, sizeof path);
        ck_assert_str_eq(path, best[i][1]);
    }
}
END_TEST

static const char *const refused[][4] = {
    {"--epohcs=3"}, {"--epochs"}, {"--epochs", "many"}, {"--epochs", "-1"}, {"--epochs", "99999999999999999999"},
    {"--quiet=3"}, {"-x"}, {"tset"}, {"predict"}, {"train", "test"}, {"--batch-size", "3"}, {"--lr", "nan"},
    {"--lr", "-1"}, {"--set", "train.optimizer.betas=(0.9, 0.99)"},
    {"--threads", "0"}, {"--set", "train.epochs"}, {"--set", "train.optimiser.lr=1"},
    {"--set", "train.data.shuffle=maybe"}, {"--", "x"},
};

START_TEST(exit_2)
{
    struct nc_run *run = start(refused[_i]);
    nc_sgd(run, 0.1, 0.9, 0, 5e-4, 1, 0);
    nc_check_settings(run);
}
END_TEST

START_TEST(exit_0)
{
    static const char *const asked[][2] = {{"--help"}, {"--version"}};
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stdout));
    nc_train(start(asked[_i]));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("options");
    TCase *core = tcase_create("core");
    tcase_add_test(core, command_line_wins);
    tcase_add_test(core, commands_and_resume);
    tcase_add_test(core, names);
    tcase_add_loop_exit_test(core, exit_2, 2, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_loop_exit_test(core, exit_0, 0, 0, 2);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
