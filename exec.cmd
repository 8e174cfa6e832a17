@rem The shell of Windows has no "exec", so the scripts of package.json find this file in its place.
@%*
