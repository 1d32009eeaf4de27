import { safeFileName } from './safe-file-name';

describe('safeFileName', () => {
  it.each([
    ['Deep sea.md', 'Deep sea.md'],
    ['Über 3_Wörter-語.json', 'Über 3_Wörter-語.json'],
    ['../../etc/passwd', '.._.._etc_passwd'],
    ['a:b*c?d"e<f>g|h\\i\n', 'a_b_c_d_e_f_g_h_i_'],
  ])('makes %j %j', (name, safe) => {
    expect(safeFileName(name)).toBe(safe);
  });
});
