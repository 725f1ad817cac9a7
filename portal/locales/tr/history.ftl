### Ne olduğu, bunu kimden bildiğimiz ve neyi kontrol edemediğimiz.

history-title = Neler oldu?
history-none = Henüz bir şey olmadı.
history-by-gateway = Bunu Handdruk bildiriyor.
history-by-sender = İmzalayan: { $organisation }.
history-by-you = { $you ->
        [je] Sen imzaladın.
       *[u] Siz imzaladınız.
    }
history-by-recipient = Söyleyen: { $organisation }. İleten: Handdruk.
history-evidence = Kanıt numarası { $number }

act-invited = Birine karara katılması için mektup verildi.
act-invitation-revoked = Bir mektup geri alındı.
act-activated = Karara katılabilen biri mektubunu kullandı.
act-code-found-used = Dikkat: biri, daha önce kullanılmış bir kodu denedi.
act-proposed = Bunun gönderilmesi istendi.
act-renewed = Süre uzatıldı.
act-previewed = İçerik bakılması için hazırlandı.
act-told = Karara katılabilen birinin bundan haberi var.
act-decided = Karara katılabilen biri yanıt verdi.
act-attested = Uzmanlar bir şey kaydetti.
act-withdrawn = Biri iznini geri aldı ya da itiraz etti.
act-view-added = Bir görüş eklendi.
act-permitted = Gönderilebilir.
act-permit-lapsed = Artık gönderilemez.
act-refused = Durduruldu.
act-submitted = Kapatıldı ve hazırlandı.
act-released = Gönderildi.
act-received = Ulaştı.
act-quarantined = Alıcı bunu ayrı bir yere koydu.
act-retracted = Ulaşmadan geri alındı.
act-expired = Gönderilmeden süresi doldu.
act-withdrawal-answered = Alıcı, geri almaya yanıt verdi.
act-progressed = Aktarımda bir adım atıldı.
act-read = Alan kurumda biri bunu okudu.
act-erased = Alan kurum içeriği sildi.
act-family-alerted = Bir adım zamanında atılmadı. Adımı atması gereken bunu biliyor.
act-content-erased = Hazır bekleyenler silindi.
act-other = Bir şey kaydedildi.

said-proposed = Gönderilmesi önerilenler: { $categories }
said-renewed = Uzatıldığı tarih: { $date }
said-told = { $you ->
        [je] Sana bildirildi.
       *[u] Size bildirildi.
    }
said-told-somebody = Karara katılabilen birine bildirildi.
said-told-preview = İçerik bu portalda hazırdı.
said-told-letter = Mektupla.
said-told-conversation = Bir konuşmada.
said-decided = { $you ->
        [je] Sen dedin ki: { $choices }
       *[u] Siz dediniz ki: { $choices }
    }
said-decided-seen = { $you ->
        [je] Gördüğünü bildirdin.
       *[u] Gördüğünüzü bildirdiniz.
    }
said-decided-earlier = { $you ->
        [je] Daha önceki bir mektupla dedin ki: { $choices }. Bu burada kontrol edilemez.
       *[u] Daha önceki bir mektupla dediniz ki: { $choices }. Bu burada kontrol edilemez.
    }
said-attested-paper-decision = İki uzman kâğıt üzerinde kaydetti: { $choices }
said-attested-assisted-decision = İki uzman yardım ederek kaydetti: { $choices }
said-attested-spoken-withdrawal = Sözlü söylendi, bir uzman kaydetti: { $choices }
said-attested-authority-changed = Velayet değişti. Açık olan her şeye yeniden bakılacak.
said-attested-safety-report = Bildirime ikinci bir uzman da baktı.
said-attested-who-you = { $you ->
        [je] Bu senin yanıtınla ilgili.
       *[u] Bu sizin yanıtınızla ilgili.
    }
said-attested-who-other = Bu başka birinin yanıtıyla ilgili.
said-choice = { $choice }: { $categories }
said-released = Gönderilenler: { $categories }
said-released-views = { $count ->
        [one] Bir görüş de gönderildi.
       *[other] { $count } görüş de gönderildi.
    }
said-released-dropped = Gönderilmeyenler: { $categories }
said-received = Ulaşanlar: { $categories }
said-quarantined = Bir şey doğru olmadığı için alıcı bunu ayırdı. Silinecek.
said-erased = Alıcı sildi.
said-kept = Alıcı saklıyor. Neden: { $ground }
said-accepted = Alıcı kurumda biri bunu üstlendi.
said-declined = Alıcı kabul etmedi: { $reason }
said-read = { $organisation }, okuyan { $professional }: { $categories }
said-step-confirmed = Gönderen kurum işi bıraktı. Artık yalnızca alan kurumun işi.
said-step-no-recipient = Henüz kimse bulunamadı. Gönderen kurum aramaya devam ediyor.
said-step-talk-planned = Bir görüşme kararlaştırıldı.
said-step-talk-held = Görüşme yapıldı.
said-step-started = Başladı.
said-step-not-started = Henüz başlamadı.
said-step-aftercare-planned = Nasıl gittiğine ne zaman bakılacağı kararlaştırıldı.
said-step-aftercare-held = Nasıl gittiğine bakıldı.
said-step-closed = Tamamlandı.
said-step-erased = İçerik alan kurumda silindi.
said-unverified = Bunu imzalaması gereken kişi imzalamadı. Güvenmeyin.
said-nothing = hiçbir şey

ground-care-dossier = { $you ->
        [je] Yardım kurumu dosyayı saklamak zorunda (Jeugdwet 7.3.8). Yok edilmesini isteyebilirsin (Jeugdwet 7.3.9).
       *[u] Yardım kurumu dosyayı saklamak zorunda (Jeugdwet 7.3.8). Yok edilmesini isteyebilirsiniz (Jeugdwet 7.3.9).
    }
ground-statutory-duty = Kanuna göre alıcı bunu saklamak zorunda.
ground-legal-claim = Bir dava için gerekli.

declined-no-place = yer yok
declined-wrong-address = yanlış kuruma geldi
declined-waiting-list = bekleme listesi var
declined-not-suitable = bu doğru yardım değil
