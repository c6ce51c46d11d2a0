#!/usr/bin/env python3
"""Several processes share a run, by MPICH and by Open MPI, and save the bits of one process."""
import os
import shutil

from support import Skip, done, folder, main, netc, run, tensors, write

# Open MPI refuses to work for root, and to start more processes than there are cores, unless it is told.
TOLD = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
        "OMPI_MCA_btl_base_warn_component_unused": "0"}
LIBRARIES = ["mpich", "openmpi"]

SHAPES = """
data train_data = Shapes(train=True)  { ToTensor() }
data test_data  = Shapes(train=False) { ToTensor() }
"""
TRAIN = """
train %s {
    seed       3
    data       train_data, batch_size=%d, shuffle=True
    test       test_data,  batch_size=100
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.05, momentum=0.9, weight_decay=5e-4)
    epochs     1
    %s
    save       "saved_{epoch}.pth"
}
"""
QUICK = """
model Quick(3, 32, 32) {
    Conv2d(3, 32, 5, padding=2), MaxPool2d(2)
    Conv2d(32, 32, 5, padding=2), MaxPool2d(2)
    Flatten(), Dropout(0.3), Linear(_, 64), Linear(64, 10)
}
""" + SHAPES + TRAIN % ("Quick", 64, "")


def launched(library):
    """The library's own commands: its compiler, and what starts the processes."""
    compiler, starter = shutil.which("mpicc." + library), shutil.which("mpirun." + library)
    if not compiler or not starter:
        raise Skip("there is no mpicc.%s with mpirun.%s" % (library, library))
    return compiler, starter


def libraries():
    found = [library for library in LIBRARIES if shutil.which("mpicc." + library) and shutil.which("mpirun." + library)]
    if not found:
        raise Skip("there is neither MPICH nor Open MPI")
    return found


def build(path, text, library=None):
    """A trainer of the text, for one process where no library is named."""
    name = library or "alone"
    write(path, name + ".net", text)
    more = ["--mpi", "--cc", launched(library)[0]] if library else []
    done(netc("build", os.path.join(path, name + ".net"), "-o", os.path.join(path, name), *more))


def start(path, library, ranks, *options, **more):
    """The result of a run of so many ranks in a folder that has the trainer."""
    return run(launched(library)[1], "-np", ranks, os.path.join(path, library), *options, cwd=path, env=TOLD, **more)


def saved(path, name="saved_0.pth"):
    """The tensors of a file, which goes."""
    whole = os.path.join(path, name)
    found = tensors(whole)
    os.remove(whole)
    return found


def same(text, *options, ranks=(2, 4), found=None):
    """One process saves what several processes do."""
    found = found or libraries()
    options = ["--max-steps", "5", "--threads", "1", *options]
    with folder() as path:
        build(path, text)
        done(run(os.path.join(path, "alone"), *options, cwd=path))
        wanted = saved(path)
        for library in found:
            build(path, text, library)
            for count in ranks:
                done(start(path, library, count, *options))
                assert saved(path) == wanted, "%d ranks by %s save other bits" % (count, library)


def test_shards_are_added_up_in_one_order():
    same(QUICK, ranks=(1, 2, 3, 4))


main(globals())
