"""Where reinforcements cut undetected transit most, against opponents of several kinds."""
